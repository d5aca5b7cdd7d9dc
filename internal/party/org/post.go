package org

import (
	"context"
	"slices"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

const postColumns = "p.id, p.org_id, p.title, p.member_id, p.holder, p.from_on, p.to_on, p.version"

var postInsert = strings.Fields("id org_id org_path title member_id holder from_on to_on version")

func scanPost(row store.Row) (p Post, err error) {
	err = row.Scan(&p.ID, &p.Organisation, &p.Title, &p.Member, &p.Holder, &p.From, &p.To, &p.Version)
	return p, err
}

// Posts lists the posts of an organisation held on a day, by rank; with the zero day all of them, the present ones
// first.
func Posts(ctx context.Context, r store.Reader, org string, on civil.Date) ([]Post, error) {
	var out []Post
	err := r.Each(ctx, "SELECT "+postColumns+" FROM {post} p WHERE p.org_id = ?", []any{org}, func(row store.Row) error {
		p, err := scanPost(row)
		if on.IsZero() || p.Held(on) {
			out = append(out, p)
		}
		return err
	})
	slices.SortFunc(out, func(a, b Post) int { return order(a, b, !on.IsZero()) })
	return out, err
}

// order puts present holders before past ones, the past ones with the latest first, then by rank and first day; byRank
// looks at the rank alone.
func order(a, b Post, byRank bool) int {
	if !byRank && a.To != b.To {
		if a.To.IsZero() || !b.To.IsZero() && a.To.After(b.To) {
			return -1
		}
		return 1
	}
	if d := titleRank(a.Title) - titleRank(b.Title); d != 0 {
		return d
	}
	return strings.Compare(a.From.String()+a.ID, b.From.String()+b.ID)
}

// AddPost puts somebody into a post. The faults name the fields title, member and holder and those of the Basis, whose
// day is the first in the post.
type AddPost struct {
	Organisation string
	Title        string // id of one of Titles
	Member       string // id of the holder's member record; "" for a holder who has none here
	Holder       string // name of the holder; that of the member record wins
	Basis
}

// AddPost records who holds a post. The same person in the same post again is fault.Conflict.
func (s *Service) AddPost(ctx context.Context, actor ledger.Actor, in AddPost) (Post, error) {
	if err := s.check(&in.Basis); err != nil {
		return Post{}, err
	}
	p := Post{ID: s.Ledger.IDs.New(), Organisation: in.Organisation, Title: in.Title, Member: in.Member, Holder: in.Holder, From: in.On, Version: 1}
	act := &ledger.Act{Kind: ActAddPost, Subject: "post", SubjectID: p.ID, Reason: in.Reason, Source: in.Document}
	_, err := s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, treeLock); err != nil {
			return err
		}
		o, err := s.writable(ctx, tx, actor, ActAddPost, in.Organisation, "")
		if err != nil {
			return err
		}
		act.OrgPath = o.Path
		return addPost(ctx, tx, o, &p)
	})
	if err != nil {
		return Post{}, err
	}
	return p, nil
}

func addPost(ctx context.Context, tx *store.Tx, o Organisation, p *Post) error {
	if err := mayHold(ctx, tx, o, p); err != nil {
		return err
	}
	return tx.InsertMany(ctx, "post", postInsert, [][]any{postRow(*p, o.Path)})
}

// mayHold asks whether somebody can be put into a post, and takes the holder's name from the member record.
func mayHold(ctx context.Context, r store.Reader, o Organisation, p *Post) (err error) {
	if p.Holder, err = line(p.Holder, "holder", words.Mark("姓名"), longestPerson); err != nil {
		return err
	}
	title, ok := TitleOf(p.Title)
	if !ok {
		return fault.New(fault.Invalid, "请从列表中选择职务。").At("title")
	}
	if err := living(o, "day"); err != nil {
		return err
	}
	if !title.existsIn(o.Kind) {
		return fault.New(fault.Invalid, "%s没有“%s”这个职务。", o.Kind.Name(), title.Name).At("title")
	}
	if p.From.Before(o.Established) {
		return fault.New(fault.Invalid, "日期不能早于成立日期 %s。", o.Established).At("day")
	}
	if err := nameHolder(ctx, r, p); err != nil {
		return err
	}
	return vacant(ctx, r, title, *p)
}

func postRow(p Post, path string) []any {
	return []any{p.ID, p.Organisation, path, p.Title, p.Member, p.Holder, p.From, p.To, p.Version}
}

// nameHolder takes the name from the member record. A record out of the actor's scope is as unknown as none.
func nameHolder(ctx context.Context, r store.Reader, p *Post) error {
	if p.Member != "" {
		found, err := r.One(ctx, "SELECT name FROM {member} WHERE id = ? AND state = 'active'", []any{p.Member}, &p.Holder)
		if err == nil && !found {
			err = fault.New(fault.Invalid, "没有找到这名党员，请重新选择，或者直接填写姓名。").At("member")
		}
		return err
	}
	if p.Holder == "" {
		return fault.New(fault.Invalid, "请选择党员，或者填写任职人的姓名。").At("holder")
	}
	return nil
}

// vacant refuses a second holder of a post for one person, and the same person twice.
func vacant(ctx context.Context, r store.Reader, title Title, p Post) error {
	posts, err := Posts(ctx, r, p.Organisation, civil.Date{})
	if err != nil {
		return err
	}
	for _, other := range posts {
		if other.Title != p.Title || !other.To.IsZero() && !other.To.After(p.From) {
			continue // another post, or over by then
		}
		if other.Holder == p.Holder && other.Member == p.Member {
			return fault.New(fault.Conflict, "%s已经担任这个职务。", p.Holder).At("member")
		}
		if title.One && other.To.IsZero() {
			return fault.New(fault.Conflict, "现任%s是%s，请先办理离任。", title.Name, other.Holder).At("title")
		}
		if title.One {
			return fault.New(fault.Conflict, "%s担任%s到 %s，日期有重叠。", other.Holder, title.Name, other.To).At("day")
		}
	}
	return nil
}

// EndPost takes somebody out of a post. The faults name the fields of the Basis, whose day is the first no longer in
// the post.
type EndPost struct {
	ID      string
	Version int64
	Basis
}

// EndPost ends a post that is held.
func (s *Service) EndPost(ctx context.Context, actor ledger.Actor, in EndPost) (Post, error) {
	var p Post
	if err := s.check(&in.Basis); err != nil {
		return p, err
	}
	act := &ledger.Act{Kind: ActEndPost, Subject: "post", SubjectID: in.ID, Reason: in.Reason, Source: in.Document}
	_, err := s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) (err error) {
		if err = tx.Lock(ctx, treeLock); err != nil {
			return err
		}
		if p, err = PostByID(ctx, tx, in.ID); err != nil {
			return err
		}
		o, err := s.writable(ctx, tx, actor, ActEndPost, p.Organisation, "")
		if err != nil {
			return err
		}
		act.OrgPath = o.Path
		if p.Version != in.Version {
			return stale(ctx, tx, in.ID)
		}
		return endPost(ctx, tx, &p, in.On)
	})
	return p, err
}

func endPost(ctx context.Context, tx *store.Tx, p *Post, on civil.Date) error {
	if err := mayLeave(*p, on); err != nil {
		return err
	}
	seen := p.Version
	p.To = on
	p.Version++
	n, err := tx.Update(ctx, "post", store.ByID(p.ID).And("version", seen), store.Set("to_on", p.To), store.Set("version", p.Version))
	if err == nil && n == 0 {
		err = stale(ctx, tx, p.ID)
	}
	return err
}

// mayLeave asks whether the holder of a post can leave it on a day.
func mayLeave(p Post, on civil.Date) error {
	switch {
	case !p.To.IsZero():
		return fault.New(fault.Invalid, "%s已经离任。", p.Holder).At("day")
	case on.Before(p.From):
		return fault.New(fault.Invalid, "日期不能早于任职日期 %s。", p.From).At("day")
	}
	return nil
}

// PostByID reads a post.
func PostByID(ctx context.Context, r store.Reader, id string) (p Post, err error) {
	found := false
	err = r.Each(ctx, "SELECT "+postColumns+" FROM {post} p WHERE p.id = ?", []any{id}, func(row store.Row) (err error) {
		found = true
		p, err = scanPost(row)
		return err
	})
	if err == nil && !found {
		err = fault.Missing()
	}
	return p, err
}
