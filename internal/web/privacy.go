package web

import (
	"zhibu/internal/installation/register"
	"zhibu/internal/web/view"
)

// privacyFields are the lines of the privacy notice: the register of personal data, which docs/privacy.md is made
// from too.
func privacyFields() []view.PrivacyField {
	var out []view.PrivacyField
	for _, g := range register.Groups() {
		for _, i := range g.Items {
			out = append(out, view.PrivacyField{Label: view.Say(i.Label), Purpose: view.Say(i.Purpose), Basis: basesOf(i),
				Class: view.Say("%s，%s", view.Say(i.Class.Name()), view.Say(i.Storage.Name())), Retention: view.Say(i.Keep)})
		}
	}
	return out
}

// basesOf cites what an item rests on.
func basesOf(i register.Item) (all view.Text) {
	for _, id := range i.Bases {
		b, known := register.BasisOf(id)
		switch {
		case !known:
		case all.IsZero():
			all = view.Say(b.Cite)
		default:
			all = view.Say("%s%s%s", all, view.Say("；"), view.Say(b.Cite))
		}
	}
	return all
}
