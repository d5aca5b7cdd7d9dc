package org

import "zhibu/internal/words"

var eventNames = map[string]string{
	Established: words.Mark("成立"),
	Renamed:     words.Mark("更名"),
	Changed:     words.Mark("资料变更"),
	Moved:       words.Mark("调整隶属关系"),
	Abolished:   words.Mark("撤销"),
	Reopened:    words.Mark("恢复"),
	Merged:      words.Mark("并入"),
	Absorbed:    words.Mark("接收并入"),
	Divided:     words.Mark("分设"),
	NamedLate:   words.Mark("补记以前的名称"),
}

// Title is a post that an organisation may have.
type Title struct {
	ID    string
	Name  string // in Chinese, a key of the catalogue
	One   bool   // held by one person at a time
	Kinds []Kind // where it exists; nil everywhere but in Party groups
}

// Titles are the posts, in the order in which holders are listed.
var Titles = []Title{
	{"secretary", words.Mark("书记"), true, nil},
	{"deputy-secretary", words.Mark("副书记"), false, nil},
	{"organisation-member", words.Mark("组织委员"), false, nil},
	{"publicity-member", words.Mark("宣传委员"), false, nil},
	{"discipline-member", words.Mark("纪检委员"), false, nil},
	{"youth-member", words.Mark("青年委员"), false, nil},
	{"united-front-member", words.Mark("统战委员"), false, nil},
	{"confidentiality-member", words.Mark("保密委员"), false, nil},
	{"committee-member", words.Mark("委员"), false, nil},
	{"organiser", words.Mark("组织员"), false, []Kind{Committee, GeneralBranch}},
	{"party-worker", words.Mark("党务工作者"), false, nil},
	{"group-leader", words.Mark("党小组组长"), true, []Kind{PartyGroup}},
}

// TitleOf finds a title.
func TitleOf(id string) (Title, bool) {
	for _, t := range Titles {
		if t.ID == id {
			return t, true
		}
	}
	return Title{}, false
}

// TitlesFor lists the posts an organisation of a kind may have.
func TitlesFor(k Kind) []Title {
	var out []Title
	for _, t := range Titles {
		if t.existsIn(k) {
			out = append(out, t)
		}
	}
	return out
}

func (t Title) existsIn(k Kind) bool {
	if t.Kinds == nil {
		return k != PartyGroup
	}
	for _, at := range t.Kinds {
		if at == k {
			return true
		}
	}
	return false
}

func titleRank(id string) int {
	for i, t := range Titles {
		if t.ID == id {
			return i
		}
	}
	return len(Titles)
}
