package access

import "zhibu/internal/words"

// Purpose is a lawful purpose for which a record may be shown in full or taken out.
type Purpose struct {
	Code   string
	Text   string // Chinese, a key of the catalogue
	Reveal bool   // offered for a reveal
	Export bool   // offered for an export
	Free   bool   // must be put in words besides
}

// purposes follow the tasks that the regulations give to a Party organisation; the last one is for what nobody
// foresaw and asks for a sentence. Basis: 个人信息保护法 art. 6 and 13, field by field in docs/privacy.md.
var purposes = []Purpose{
	{"verify-identity", words.Mark("核对身份、更正信息"), true, false, false},
	{"contact", words.Mark("通知组织生活、联系本人"), true, true, false},
	{"visit", words.Mark("走访慰问、关怀帮扶"), true, true, false},
	{"admission", words.Mark("发展党员、转正"), true, true, false},
	{"transfer", words.Mark("转接组织关系"), true, false, false},
	{"floating", words.Mark("流动党员管理、查找失联党员"), true, true, false},
	{"election", words.Mark("换届选举、党员大会名册"), false, true, false},
	{"statistics", words.Mark("党内统计、向上级报送"), false, true, false},
	{"archive", words.Mark("整理党员档案"), true, true, false},
	{"inspection", words.Mark("配合巡察、审计、案件调查"), true, true, true},
	{"other", words.Mark("其他（写明用途）"), true, true, true},
}

// RevealPurposes are those for showing a value in full.
func RevealPurposes() []Purpose { return purposesFor(func(p Purpose) bool { return p.Reveal }) }

// ExportPurposes are those for taking a roster out.
func ExportPurposes() []Purpose { return purposesFor(func(p Purpose) bool { return p.Export }) }

func purposesFor(keep func(Purpose) bool) []Purpose {
	var out []Purpose
	for _, p := range purposes {
		if keep(p) {
			out = append(out, p)
		}
	}
	return out
}

// PurposeOf finds a purpose by its code.
func PurposeOf(code string) (Purpose, bool) {
	for _, p := range purposes {
		if p.Code == code {
			return p, true
		}
	}
	return Purpose{}, false
}
