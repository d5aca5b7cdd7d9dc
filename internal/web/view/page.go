package view

import "zhibu/internal/civil"

// Page is what every page shares: who looks, how it is shown, where it stands.
type Page struct {
	Title        Text   // the page's own title, before the product's name
	Here         string // which menu entry is the current one: one of the Path constants
	Path         string // path and query of this page, to come back to after changing the display; never personal data
	Organisation string // the viewer's organisation, or the installation's when nobody is signed in
	Viewer       *Viewer
	Display      Display
	Demo         bool
	Token        string   // form token of the session, for the forms of the layout
	Flash        []Notice // what has just been done
	Refresh      int      // reload after so many seconds without JavaScript; 0 never
	AsOf         *AsOf    // the page shows a day in the past
	Crumbs       []Link   // way back; the last is the page itself
	frame        string   // class of the body: a document is printed without its frame
}

// Viewer is the signed-in person.
type Viewer struct {
	Name    string
	Account string
	Role    string         // one of the Role constants
	Menu    []string       // Path constants the viewer may open; MenuOf(Role) gives the usual ones
	Post    Text           // how the role is called
	Unread  int            // messages not read yet
	Counts  map[string]int // numbers beside menu entries, by Path constant
}

// The roles, as accounts carry them.
const (
	RoleMember          = "member"
	RoleSecretary       = "branch-secretary"
	RoleBranchCommittee = "branch-committee"
	RolePartyWorker     = "party-worker"
	RoleCommittee       = "committee-secretary"
	RoleDepartment      = "organisation-department"
	RoleReviewer        = "reviewer"
	RoleSystem          = "system-admin"
	RoleSecurity        = "security-admin"
	RoleAuditor         = "auditor"
)

// Display is how pages look, kept in the account and in a cookie so that the server writes them so.
type Display struct {
	Text     string // TextStandard, TextLarge or TextLargest
	Contrast bool   // high contrast
}

// The sizes of text: 17, 22 and 30 pixels.
const (
	TextStandard = "standard"
	TextLarge    = "large"
	TextLargest  = "largest"
)

// Notice is a message above the page's content.
type Notice struct {
	Kind string // NoticeDone, NoticeInfo, NoticeWarn or NoticeLate
	Text Text
	Link Link // optional: the way to undo or to look
}

// The kinds of notices.
const (
	NoticeDone = "done"
	NoticeInfo = "info"
	NoticeWarn = ""
	NoticeLate = "late"
)

// Link is a text with an address.
type Link struct {
	Text Text
	URL  string
}

// OrgRef is an organisation by name, linked if the viewer may open it.
type OrgRef struct {
	ID, Name, Code string
	Open           bool
	AsOf           civil.Date // the link leads to the page as of this day; zero: to the present
}

// Tag is a small mark. Kind is TagLate (red: late), TagSoon (amber: needs attention), TagOK, TagInfo or "".
type Tag struct {
	Text Text
	Kind string
}

// The kinds of tags.
const (
	TagLate = "late"
	TagSoon = "soon"
	TagOK   = "ok"
	TagInfo = "info"
)

// Pager leads through a keyset-paged list.
type Pager struct {
	Prev, Next string // addresses, "" at an end
	From       int    // number of the first row shown, 0 if not known
	Shown      int    // rows on this page
	Total      int    // rows in all, within the viewer's scope
}

// Bar is a labelled amount among others of its kind.
type Bar struct {
	Label Text
	N     int
	URL   string // optional: the list of these
	Red   bool   // late or missing: needs attention
}

// document is the page printed without its frame; wide is a landscape one.
func (p Page) document(wide bool) Page {
	p.frame = "bare"
	if wide {
		p.frame = "bare wide"
	}
	return p
}
