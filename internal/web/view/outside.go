package view

// LinkList is what an account is linked to, and what it could be linked to.
type LinkList struct {
	Items    []AccountLink
	Services []Option // to link to, without those that are linked
}

// AccountLink is an account's identity at another sign-in service.
type AccountLink struct {
	ID      string
	Service string // by its title
	Shown   string // the identity's ends
	Made    string
	Used    string
}

// Links is the page on which somebody links the own account. POST act=link with service and password, or act=unlink
// with link and password-unlink.
type Links struct {
	Form Form
	List LinkList
}

// LinkGo sends somebody to the service that the account is to be linked to.
type LinkGo struct {
	Service string
	URL     string
}

func linkOptions(list []AccountLink) []Option {
	out := []Option{{Label: Say("请选择")}}
	for _, l := range list {
		out = append(out, Option{Value: l.ID, Label: Plain(l.Service + " " + l.Shown)})
	}
	return out
}
