package view

import (
	"github.com/a-h/templ"

	"zhibu/internal/words"
)

func htmlLang(lang string) string {
	if lang == words.English {
		return "en"
	}
	return "zh-CN"
}

func otherLang(lang string) string {
	if lang == words.English {
		return words.Chinese
	}
	return words.English
}

// otherLangLabel names the other language in itself.
func otherLangLabel(lang string) Text {
	if lang == words.English {
		return Plain("中文")
	}
	return Plain("English")
}

// labelLang marks the button whose label is in the other language.
func labelLang(name, value string) templ.Attributes {
	if name != "lang" {
		return nil
	}
	return templ.Attributes{"lang": htmlLang(value)}
}

func (d Display) class() string {
	c := ""
	switch d.Text {
	case TextLarge:
		c = "elder"
	case TextLargest:
		c = "elder xl"
	}
	if d.Contrast {
		c += " hc"
	}
	return c
}

func (d Display) otherText() string {
	if d.Text == TextLarge || d.Text == TextLargest {
		return TextStandard
	}
	return TextLarge
}

func (d Display) otherTextLabel() Text {
	if d.otherText() == TextStandard {
		return Say("标准版")
	}
	return Say("大字版")
}

func (d Display) otherContrast() string {
	if d.Contrast {
		return "no"
	}
	return "yes"
}

func (d Display) otherContrastLabel() Text {
	if d.Contrast {
		return Say("普通对比度")
	}
	return Say("高对比度")
}

// current marks the link of the page itself.
func current(here bool) templ.Attributes {
	if here {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}
