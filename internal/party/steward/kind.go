package steward

import (
	"slices"

	"zhibu/internal/party/roster"
	"zhibu/internal/words"
)

// Kind is a kind of field: fields that one person looks after, from the same evidence.
type Kind string

// The kinds.
const (
	Identity     Kind = "identity"
	Basic        Kind = "basic"
	Standing     Kind = "standing"
	Affiliation  Kind = "affiliation"
	Contact      Kind = "contact"
	Mobility     Kind = "mobility"
	Life         Kind = "life"
	Papers       Kind = "papers"
	Notes        Kind = "notes"
	Organisation Kind = "organisation"
)

type kindFact struct {
	kind    Kind
	name    string
	covers  string // what of it is no column of the roster
	columns []roster.Column
}

// kindFacts are all kinds in the order of the page. A test finds a column that is in none or in two.
var kindFacts = []kindFact{
	{Identity, words.Mark("身份信息"), "", []roster.Column{roster.Name, roster.IDNumber, roster.Sex, roster.Born}},
	{Basic, words.Mark("基本情况"), "", []roster.Column{roster.Ethnicity, roster.Education, roster.Occupation}},
	{Standing, words.Mark("党籍情况"), "", []roster.Column{roster.Category, roster.Joined, roster.Confirmed, roster.Registry}},
	{Affiliation, words.Mark("所在党支部"), "", []roster.Column{roster.Organisation}},
	{Contact, words.Mark("联系方式"), "", []roster.Column{roster.Mobile, roster.Phone, roster.Address}},
	{Mobility, words.Mark("流动、失联、关怀"), "", []roster.Column{roster.Lost, roster.LostOn, roster.Floating, roster.FloatingTo, roster.Care}},
	{Life, words.Mark("经历和有日期的事"), words.Mark("表彰、任职、培训、慰问、困难情况"), nil},
	{Papers, words.Mark("档案材料"), words.Mark("照片和扫描件"), nil},
	{Notes, words.Mark("备注"), words.Mark("花名册里没有对应项目的内容"), []roster.Column{roster.Note}},
	{Organisation, words.Mark("党组织资料和任职"), words.Mark("名称、隶属、联系人、职务"), nil},
}

// Kinds lists the kinds in the order of the page.
func Kinds() []Kind {
	out := make([]Kind, len(kindFacts))
	for i, f := range kindFacts {
		out[i] = f.kind
	}
	return out
}

func (k Kind) fact() kindFact {
	i := slices.IndexFunc(kindFacts, func(f kindFact) bool { return f.kind == k })
	if i < 0 {
		return kindFact{}
	}
	return kindFacts[i]
}

// Valid tells whether it is one of the kinds.
func (k Kind) Valid() bool { return k.fact().name != "" }

// Name is the kind in Chinese, a key of the catalogue.
func (k Kind) Name() string { return k.fact().name }

// Covers says in Chinese what of the kind is no column of the roster, "" for nothing.
func (k Kind) Covers() string { return k.fact().covers }

// Columns are the columns of the roster that the kind is made of.
func (k Kind) Columns() []roster.Column { return slices.Clone(k.fact().columns) }

// KindOf finds the kind of a column.
func KindOf(c roster.Column) (Kind, bool) {
	for _, f := range kindFacts {
		if c != "" && slices.Contains(f.columns, c) {
			return f.kind, true
		}
	}
	return "", false
}
