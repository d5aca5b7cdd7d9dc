package view

// Correction is the form by which a member asks for one fact of the own record to be put right, in one go with the
// photo that proves it. Multipart fields: value (a date by its three inputs), extra, since, reason, documents (ids of
// what has come in already), then file (many).
type Correction struct {
	Form    Form
	Mend    MendForm // the control of the value, as in the form for whoever keeps the record
	Kept    []DocumentRef
	LimitMB int
	Before  Text // what had been asked for and is replaced, zero for nothing
	Answers Text // who answers
	Proof   Text // what to take a photo of
	Must    bool // a key fact, which needs proof
}
