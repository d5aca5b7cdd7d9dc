package steward

import (
	"slices"

	"zhibu/internal/party/org"
	"zhibu/internal/words"
)

// Level is what sort of organisation somebody answers at.
type Level string

// The levels. A Party group keeps no data: its branch answers.
const (
	AtBranch    Level = "branch"
	AtGeneral   Level = "general-branch"
	AtCommittee Level = "committee"
)

// Levels are all, the lowest first.
var Levels = []Level{AtBranch, AtGeneral, AtCommittee}

var levelNames = map[Level]string{AtBranch: words.Mark("党支部"), AtGeneral: words.Mark("党总支"), AtCommittee: words.Mark("党委")}

// Name is the level in Chinese, a key of the catalogue.
func (l Level) Name() string { return levelNames[l] }

// LevelOf is the level of an organisation of a kind, "" for one that answers for nothing.
func LevelOf(k org.Kind) Level {
	switch {
	case k.IsBranch():
		return AtBranch
	case k == org.GeneralBranch:
		return AtGeneral
	case k == org.Committee:
		return AtCommittee
	}
	return ""
}

// post is a post that can answer: one of the organisation's posts, the roles of the program that come with it, or both.
type post struct {
	id, name string
	title    bool     // one of org.Titles
	roles    []string // roles of accounts by which the post is held too
	levels   []Level
}

var everywhere = []Level{AtBranch, AtGeneral, AtCommittee}

var posts = []post{
	{"secretary", words.Mark("书记"), true, []string{"branch-secretary", "committee-secretary"}, everywhere},
	{"deputy-secretary", words.Mark("副书记"), true, nil, everywhere},
	{"organisation-member", words.Mark("组织委员"), true, nil, everywhere},
	{"publicity-member", words.Mark("宣传委员"), true, nil, everywhere},
	{"discipline-member", words.Mark("纪检委员"), true, nil, everywhere},
	{"organiser", words.Mark("组织员"), true, nil, []Level{AtGeneral, AtCommittee}},
	{"party-worker", words.Mark("党务工作者"), true, []string{"party-worker"}, []Level{AtGeneral, AtCommittee}},
	{"reviewer", words.Mark("审核员"), false, []string{"reviewer"}, []Level{AtGeneral, AtCommittee}},
	{"organisation-department", words.Mark("组织部门"), false, []string{"organisation-department"}, []Level{AtCommittee}},
}

func postOf(id string) (post, bool) {
	i := slices.IndexFunc(posts, func(p post) bool { return p.id == id })
	if i < 0 {
		return post{}, false
	}
	return posts[i], true
}

// PostName is a post in Chinese, a key of the catalogue.
func PostName(id string) string { p, _ := postOf(id); return p.name }

// PostsAt lists the posts that can answer at a level.
func PostsAt(l Level) []string {
	var out []string
	for _, p := range posts {
		if slices.Contains(p.levels, l) {
			out = append(out, p.id)
		}
	}
	return out
}
