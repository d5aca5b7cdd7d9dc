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
