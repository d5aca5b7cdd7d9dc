package view

// PasskeyAsk is what a page needs to ask for a passkey. Passkeys belong to one address: opened under another one, the
// page says so.
type PasskeyAsk struct {
	Origin string // the address at which passkeys hold
	Ask    string // where the script gets its question, a Path constant
	Closed string // why passkeys cannot be used here, "" when they can
}

// PasskeySecond is the page that passes the second factor by a passkey. Fields: answer, back, carry-to, carry.
type PasskeySecond struct {
	SignIn SignIn // its form, key and way back
	Codes  bool   // a code of the phone does as well
}

// Passkeys is the page with one's own passkeys. POST act=add with name, password and answer, or act=remove with
// passkey and password.
type Passkeys struct {
	Form Form
	Key  PasskeyAsk
	List []Passkey
}

// Passkey is one of them.
type Passkey struct {
	ID, Name, Made, Used string
	Doubtful             bool // there may be a copy; it no longer opens
}

func passkeyOptions(list []Passkey) []Option {
	out := []Option{{Label: Say("请选择")}}
	for _, k := range list {
		out = append(out, Option{Value: k.ID, Label: Plain(k.Name)})
	}
	return out
}

// secondInstead says what to do in the second step where there is no passkey.
func secondInstead(v PasskeySecond) Text {
	if v.Codes {
		return Say("请改用动态验证码。")
	}
	return Say("请换一台登记过的设备。")
}
