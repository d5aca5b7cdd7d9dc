package view

// Failure is an error page. Status chooses its words: 404 for missing and out of scope alike, 403 with the rule, 409,
// 413, 429, 503, and 500 with the number of the request.
type Failure struct {
	Status  int
	Text    string // the sentence of the fault, in the language of the page; "" uses the status's own
	Rule    string
	Request string // number of the request, always shown
	Back    string
	Again   string   // address to try again at, "" none
	Typed   []Stated // what was typed, so that nothing is lost, on a conflict
}
