package view

// SignInCode asks for the second factor after the password. Fields: code, back, carry-to, carry.
type SignInCode struct {
	Form    Form
	Back    string
	Carry   *Carry
	Passkey string // where the same is done by a passkey, "" without one
	Demo    string // what a phone would show now, in a demo
}

// Factor is one's own second factor. POST act=begin; confirm, codes or end with code.
type Factor struct {
	Form   Form
	Must   bool   // the duties ask for one
	On     bool   // it counts
	Left   int    // codes on paper that still open
	Secret string // to be put into a phone; "" before it has begun
	URI    string // the same as a QR code
}

// Recovery is the printed sheet of codes for who has no phone at hand.
type Recovery struct {
	Codes   []string
	Account string
	Made    string
	On      string // where to go on
}

// grouped writes a secret in groups of four, as people type it.
func grouped(secret string) string {
	var out []byte
	for i := range len(secret) {
		if i > 0 && i%4 == 0 {
			out = append(out, ' ')
		}
		out = append(out, secret[i])
	}
	return string(out)
}
