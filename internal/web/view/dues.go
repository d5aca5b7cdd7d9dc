package view

// Receipt is the paper somebody gets for dues.
type Receipt struct {
	Number, Organisation, Name string
	Rows                       []Fact
	Sum, Capital               string
	Taken                      Text // by whom, when
	Day                        Text
	Gone                       Text // why it was taken back; zero while it stands
	Form                       Form
	Withdraw                   bool
	Path                       string
}

// Publication is a year of dues as a branch posts it up.
type Publication struct {
	Organisation string
	Year         int
	Draft        bool // the year is not closed
	Lines        []PublishedLine
	Head         []Text
	Facts        []Fact
	Uses         []PublishedLine
	Day          Text
}

// PublishedLine is a name and a sum, and no more.
type PublishedLine struct {
	Name Text
	Sum  string
}
