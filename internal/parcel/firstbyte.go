package parcel

import "net/http"

// FirstByte sets the headers of an answer when something of it is written. What fails before can still be answered as
// any other failure; what fails behind it has to cut the connection, so that nobody takes half a file for a whole one.
type FirstByte struct {
	To     http.ResponseWriter
	Before func(http.Header)
	Begun  bool
}

func (f *FirstByte) Write(b []byte) (int, error) {
	if !f.Begun {
		f.Begun = true
		f.Before(f.To.Header())
	}
	return f.To.Write(b)
}
