package web

import "zhibu/internal/web/view"

// fact is a fact of a member's record as pages show and mend it.
type fact struct {
	key    string
	label  view.Text
	secret bool
}

func factOf(key string) (fact, bool) { return fact{}, false }
