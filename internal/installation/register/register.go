package register

import (
	"slices"

	"zhibu/internal/installation"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// Class says how careful everybody has to be with a kind of data.
type Class string

// The classes. Membership of the Party is not on the law's list of sensitive data; it is guarded by scope all the same.
const (
	Sensitive Class = "sensitive" // 个人信息保护法 art. 28, or numbers that lead to a person: sealed
	Guarded   Class = "guarded"   // not sealed, but close to health or whereabouts: only what the work needs is written
	Internal  Class = "internal"  // seen by duty and scope
	Secret    Class = "secret"    // lets somebody in; nobody sees it
)

// Name is the class in Chinese, a key of the catalogue.
func (c Class) Name() string { return classes[c] }

var classes = map[Class]string{Sensitive: words.Mark("敏感"), Guarded: words.Mark("内部，从严"), Internal: words.Mark("内部"), Secret: words.Mark("秘密")}

// Storage says in what form the program keeps a kind of data.
type Storage string

// The forms.
const (
	Sealed     Storage = "sealed"      // in the database, under the person's own key
	SealedFile Storage = "sealed-file" // a file under the installation's key
	Digest     Storage = "digest"      // a keyed digest: can be compared, not read
	Plain      Storage = "plain"       // readable to whoever can read the database
	Images     Storage = "images"      // plain, but sealed fields inside it stay sealed
	Computed   Storage = "computed"    // follows from others, kept only as counts
	Memory     Storage = "memory"      // never written
	Browser    Storage = "browser"     // in the person's own browser
	Backup     Storage = "backup"      // encrypted files elsewhere
	Outside    Storage = "outside"     // out of the program's hands
)

// Name is the form in Chinese, a key of the catalogue.
func (s Storage) Name() string { return storages[s] }

var storages = map[Storage]string{
	Sealed: words.Mark("逐人加密"), SealedFile: words.Mark("整份加密"), Digest: words.Mark("只存带密钥的摘要"), Plain: words.Mark("明文"),
	Images: words.Mark("明文，其中加密的项仍是密文"), Computed: words.Mark("由别的项算出"), Memory: words.Mark("只在内存"),
	Browser: words.Mark("存在本人的浏览器"), Backup: words.Mark("加密后存在别处"), Outside: words.Mark("已离开本程序"),
}

// Group is a part of the register.
type Group struct {
	Key   string
	Title string // Chinese, a key of the catalogue
	Items []Item
}

// Item is one kind of personal data. The texts are Chinese and keys of the catalogue.
type Item struct {
	Key     string
	Column  roster.Column // of a member's record; "" for the rest
	Label   string
	Purpose string
	Bases   []string // ids of Basis, or of the rulebook
	Class   Class
	Storage Storage
	Keep    string   // for how long
	Entered string   // by whom, from what
	Rights  []string // lines of the rights table whose roles see it; a column's follow from its class of fields
	Own     bool     // the person concerned sees it
}

// Groups is the whole register.
func Groups() []Group { return groups }

// OfColumn finds the entry of a column of the roster.
func OfColumn(c roster.Column) (Item, bool) {
	for _, g := range groups {
		for _, i := range g.Items {
			if i.Column == c && c != "" {
				return i, true
			}
		}
	}
	return Item{}, false
}

// Basis is a rule on which data are kept. Its id is that of the collection of rules the rulebook grows from.
type Basis struct {
	ID    string
	Cite  string // 《个人信息保护法》第二十八至三十条
	Says  string
	Known rulebook.Certainty // whether the wording was seen
}

// BasisOf finds a basis: of this register, else of the rulebook in its newest version.
func BasisOf(id string) (Basis, bool) {
	if i := slices.IndexFunc(bases, func(b Basis) bool { return b.ID == id }); i >= 0 {
		return bases[i], true
	}
	v := rulebook.Default().Versions(id)
	if len(v) == 0 {
		return Basis{}, false
	}
	r := v[len(v)-1]
	return Basis{ID: id, Cite: r.Cite(), Says: r.Wording, Known: r.Certainty}, true
}

// Sight is what a role sees of a member's field in its scope.
type Sight struct {
	Shown  bool // on the page and in lists: of a sealed field its tail, or that it is known
	Reveal bool // in full, after stating a purpose and leaving a trace
	Export bool // in a roster taken out
}

// SightOf asks the table of rights what a role sees of a column. Of the day of birth pages show the month, which is of
// the basic class; the day itself goes with the number that holds it.
func SightOf(role access.Role, c roster.Column) Sight {
	class := installation.ClassOf(c)
	shown := class
	if c == roster.Born {
		shown = access.BasicClass
	}
	reaches := func(action access.Action, resource access.Resource, class access.Mask) bool {
		mask, may := access.RuleFor(action, resource).Roles[role]
		return may && class != access.NoClass && mask.Has(class)
	}
	return Sight{
		Shown:  reaches(access.See, access.Member, shown),
		Reveal: (c.Sensitive() || c == roster.Born) && reaches(access.Reveal, access.Member, class),
		Export: slices.Contains(roster.Columns, c) && reaches(access.Run, access.Export, class),
	}
}

// RolesOf are the roles that see an item that is no column.
func (i Item) RolesOf() []access.Role {
	var out []access.Role
	for _, r := range access.Roles() {
		for _, id := range i.Rights {
			rule := ruleNamed(id)
			if rule == nil {
				continue
			}
			if _, ok := rule.Roles[r]; ok && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

func ruleNamed(id string) *access.Rule {
	rules := access.Rules()
	if i := slices.IndexFunc(rules, func(r access.Rule) bool { return r.ID == id }); i >= 0 {
		return &rules[i]
	}
	return nil
}
