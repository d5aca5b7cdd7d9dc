package document

import (
	"slices"

	"zhibu/internal/words"
)

// Kind says what a document is.
type Kind string

// The kinds. Those of a member's file (D-43) come first.
const (
	Application             Kind = "application"              // 入党申请书
	Training                Kind = "training"                 // 培养教育考察材料
	PoliticalReview         Kind = "political-review"         // 政治审查材料
	AdmissionBook           Kind = "admission-book"           // 入党志愿书
	ConfirmationApplication Kind = "confirmation-application" // 转正申请书
	IDCard                  Kind = "id-card"
	Certificate             Kind = "certificate" // of education
	TransferLetter          Kind = "transfer-letter"
	Decision                Kind = "decision" // of a Party organisation: honour, discipline, post
	Other                   Kind = "other"
)

var kindNames = []struct {
	kind Kind
	name string
}{
	{Application, words.Mark("入党申请书")}, {Training, words.Mark("培养教育考察材料")}, {PoliticalReview, words.Mark("政治审查材料")},
	{AdmissionBook, words.Mark("入党志愿书")}, {ConfirmationApplication, words.Mark("转正申请书")}, {IDCard, words.Mark("居民身份证")},
	{Certificate, words.Mark("学历、学位证书")}, {TransferLetter, words.Mark("组织关系介绍信")}, {Decision, words.Mark("党组织的决定")},
	{Other, words.Mark("其他材料")},
}

// Kinds lists the kinds in the order in which they are offered.
func Kinds() []Kind {
	var out []Kind
	for _, k := range kindNames {
		out = append(out, k.kind)
	}
	return out
}

// Known tells whether there is such a kind.
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) }

// Name is the kind in Chinese, a key of the catalogue.
func (k Kind) Name() string {
	for _, n := range kindNames {
		if n.kind == k {
			return n.name
		}
	}
	return string(k)
}
