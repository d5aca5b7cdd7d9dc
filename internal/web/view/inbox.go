package view

// Inbox is what the viewer is told.
type Inbox struct {
	Items  []Message
	Top    string // id of the topmost, for marking everything as read that was seen; "" when nothing is unread
	Only   bool   // only unread ones are shown
	Pager  Pager
	Reach  string // address of the settings of channels
	Unread int
}

// Message is one of them. Do says where opening it leads; without it, it can only be marked as read.
type Message struct {
	ID     string
	When   string // as words.Moment writes it
	Text   Text
	Detail Text
	Do     Text
	Unread bool
}
