package view

// SignIn is the page for signing in. Fields: account, password, back, carry-to, carry.
type SignIn struct {
	Form  Form
	Slip  bool   // the tab for a one-time slip is open; fields account, code
	Back  string // where to go afterwards: a local path, or ""
	Carry *Carry // set when a session ended in the middle of a form
	Wait  Text   // why signing in is closed for a while (too many failures); the form is then not shown
	Demo  []DemoAccount
	Key   *PasskeyAsk // the tab for passkeys is open; field answer
	Other []Link      // other services to sign in by
}

// DemoAccount is an account that a demo offers on its sign-in page.
type DemoAccount struct{ Role, Account, Password, Name, Organisation, TOTP string }

// Carry is what had been typed into a form when the session ended. It rides in hidden fields through signing in, so
// that nothing typed is lost. Fields should be sealed for the account that typed them: a shared computer may be used
// by somebody else in between.
type Carry struct {
	Action string // local path the form was sent to
	Fields []Pair // hidden fields, as they are handed back: usually one, sealed
	Count  int    // how many fields a person had filled
}

// Pair is a hidden field.
type Pair struct{ Name, Value string }

// Resume is shown after signing in again: it hands back the carried form, to be sent by a press.
type Resume struct {
	Action string
	Token  string
	Fields []Pair   // the fields as typed, without tokens
	Shown  []Stated // what a person sees of them: label and value; secret values only by last characters
}

// Stated is a labelled value.
type Stated struct {
	Label Text
	Value string
}

// Password is the page that sets a new password. Fields: old (unless First), new, again.
type Password struct {
	Form  Form
	First bool // after a one-time slip: the old one is not asked
	Min   int  // least length
}

// SignedOut is shown after signing out.
type SignedOut struct{}

// DisplayForm is the page of display settings. Fields: text, contrast (yes), lang, back.
type DisplayForm struct {
	Form Form
	Back string
}

// MyAccount is the viewer's own account: sessions and tokens. POST act=end with session, or act=revoke with token.
type MyAccount struct {
	Form     Form
	Account  string
	Posts    []Post
	Sessions []Session
	Tokens   []APIToken
	Passkeys []Passkey
	Links    LinkList
}

// Session is one sign-in that still holds.
type Session struct {
	ID, Since, Last, Device string
	Here                    bool // this one
}

// APIToken is a bearer token of the account.
type APIToken struct {
	ID, Name, Made, Expires, LastUsed string
}
