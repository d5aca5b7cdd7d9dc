package org

import (
	"context"
	"fmt"
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// NewOrganisation is one organisation of a tree to load.
type NewOrganisation struct {
	Parent    int // place of the superior in the list, before this one; -1 for what stands directly below Load.Under
	Code      string
	Name      string
	ShortName string
	Kind      Kind
	Facts
	Established civil.Date // zero: not known
}

// Load sets up many organisations: a demo's city, or a tree taken over from elsewhere.
type Load struct {
	Under         string // id of the superior of all; "" begins the tree, whose root is the first of the list
	Organisations []NewOrganisation
	Reason        string
	Document      string
	Progress      func(done int) // called after each act; may be nil
}

// loadAtOnce bounds the rows of one act, and with them how long others wait.
const loadAtOnce = 5000

// Load checks the whole list and then adds it in acts of at most 5,000 organisations each, superiors first. The
// answer is in the order of the list. A fault names the place in the list, counted from one. When a later act fails
// the earlier ones stay.
func (s *Service) Load(ctx context.Context, actor ledger.Actor, in Load) ([]Organisation, error) {
	today := civil.Today(s.Clock)
	drafts, err := s.drafts(in, today)
	if err != nil {
		return nil, err
	}
	basis := Basis{On: today, Reason: in.Reason, Document: in.Document}
	if err := s.check(&basis); err != nil {
		return nil, err
	}
	done := 0
	for done < len(drafts) {
		n := min(loadAtOnce, len(drafts)-done)
		if err := s.loadSome(ctx, actor, in, basis, drafts, done, done+n); err != nil {
			return nil, err
		}
		done += n
		if in.Progress != nil {
			in.Progress(done)
		}
	}
	out := make([]Organisation, len(drafts))
	for i, d := range drafts {
		out[i] = d.o
	}
	return out, nil
}

// drafts checks everything that can be known before the first row is written.
func (s *Service) drafts(in Load, today civil.Date) ([]*draft, error) {
	drafts := make([]*draft, len(in.Organisations))
	codes := make(map[string]bool, len(drafts))
	for i, n := range in.Organisations {
		d, err := s.draft(n.Code, n.Name, n.ShortName, n.Kind, n.Facts)
		if err == nil && !n.Established.IsZero() {
			err = day(n.Established, today)
		}
		if err == nil && codes[d.o.Code] {
			err = codeTaken()
		}
		if err == nil {
			err = superior(in, drafts, i, d)
		}
		if err != nil {
			return nil, inRow(err, i)
		}
		d.o.Established = n.Established
		codes[d.o.Code] = true
		drafts[i] = d
	}
	return drafts, nil
}

// superior checks the place of one organisation against those before it, and counts it there.
func superior(in Load, drafts []*draft, i int, d *draft) error {
	parent := in.Organisations[i].Parent
	switch {
	case parent >= i || parent < -1:
		return fault.New(fault.Invalid, "上级党组织要排在下级前面。").At("parent")
	case parent == -1 && in.Under == "" && i > 0:
		return fault.New(fault.Invalid, "最上级党组织只能有一个。").At("parent")
	case parent == -1 && in.Under == "" && !d.o.Kind.mayStandAlone():
		return fault.New(fault.Invalid, "%s不能作为最上级党组织。", d.o.Kind.Name()).At("kind")
	case parent >= 0:
		above := &drafts[parent].o
		if above.nextChild > maxChildren {
			return fault.New(fault.Unavailable, "这个党组织的下级编号已经用完，不能再增加下级。").At("parent")
		}
		d.place = above.nextChild
		above.nextChild++
		return mayStand(d.o.Kind, *above, "kind")
	}
	return nil
}

// inRow says at which place of the list a fault is.
func inRow(err error, i int) error {
	if e := fault.As(err); e != nil {
		return fault.New(e.Kind, "第 %d 个党组织：%s", i+1, e.Error()).At(e.Field).By(e.Rule)
	}
	return err
}

func (s *Service) loadSome(ctx context.Context, actor ledger.Actor, in Load, b Basis, drafts []*draft, from, to int) error {
	some := drafts[from:to]
	ids := make([]string, len(some))
	for i, d := range some {
		ids[i] = d.o.ID
	}
	holders, err := s.Vault.Create(ctx, ids)
	if err != nil {
		return err
	}
	for i, d := range some {
		d.seal(holders[i])
	}
	act := &ledger.Act{Kind: ActLoad, Subject: "org", SubjectID: some[0].o.ID, Reason: b.Reason, Source: b.Document,
		Detail: map[string]any{"organisations": len(some)}}
	_, err = s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, treeLock); err != nil {
			return err
		}
		if err := s.placeAll(ctx, tx, actor, in, drafts, from, to); err != nil {
			return err
		}
		act.OrgPath = some[0].o.Path
		if in.Under != "" {
			act.SubjectID = in.Under
			act.OrgPath = some[0].o.Path[:len(some[0].o.Path)-segmentWidth-1]
		}
		orgs, events := make([][]any, len(some)), make([][]any, len(some))
		var endings [][]any
		for i, d := range some {
			if err := freeCode(ctx, tx.System("org: is the code free"), d.o.Code); err != nil {
				return inRow(err, from+i)
			}
			orgs[i] = d.row()
			endings = wordRows(endings, d.o)
			founded := b
			founded.On = d.o.Established
			events[i] = s.eventRow(d.o, Established, founded, "", d.o.Name)
		}
		if err := tx.InsertMany(ctx, "org", insertColumns, orgs); err != nil {
			return err
		}
		if err := tx.InsertMany(ctx, "org_word", wordColumns, endings); err != nil {
			return err
		}
		return tx.InsertMany(ctx, "org_event", eventColumns, events)
	})
	return err
}

// placeAll gives each of some organisations its path. Numbers below one of the list were given with the list; numbers
// below Under are taken now.
func (s *Service) placeAll(ctx context.Context, tx *store.Tx, actor ledger.Actor, in Load, drafts []*draft, from, to int) error {
	var under Organisation
	var err error
	if in.Under != "" {
		if under, err = s.writable(ctx, tx, actor, ActLoad, in.Under, "parent"); err != nil {
			return err
		}
		if err := living(under, "parent"); err != nil {
			return err
		}
	} else if from == 0 {
		if err := s.checkRoot(ctx, tx, actor, drafts[0].o.Kind); err != nil {
			return err
		}
	}
	taken := under.nextChild
	for i := from; i < to; i++ {
		d := drafts[i]
		switch parent := in.Organisations[i].Parent; {
		case parent >= 0:
			above := drafts[parent].o
			d.o.ParentID, d.o.Path = above.ID, childPath(above.Path, d.place)
		case in.Under == "":
			d.o.ParentID, d.o.Path = "", rootPath
		default:
			if err := mayStand(d.o.Kind, under, "kind"); err != nil {
				return inRow(err, i)
			}
			d.o.ParentID, d.o.Path = under.ID, childPath(under.Path, taken)
			taken++
		}
		if err := checkDepth(d.o.Path, 0, "parent"); err != nil {
			return inRow(err, i)
		}
	}
	if taken == under.nextChild {
		return nil
	}
	if taken > maxChildren {
		return fmt.Errorf("org: %d organisations below one", taken)
	}
	_, err = tx.Update(ctx, "org", store.ByID(under.ID), store.Set("next_child", taken))
	return err
}

// NewPost is one holder of a post to load.
type NewPost struct {
	Organisation string // id
	Title        string // id of one of Titles
	Member       string // id of the holder's member record, "" if none
	Holder       string // name
	From         civil.Date
}

// LoadPosts records many holders at once, as Load does; it trusts the list about members and vacancies.
func (s *Service) LoadPosts(ctx context.Context, actor ledger.Actor, list []NewPost, reason string) ([]Post, error) {
	out := make([]Post, 0, len(list))
	for len(list) > 0 {
		some := list[:min(len(list), loadAtOnce)]
		list = list[len(some):]
		act := &ledger.Act{Kind: ActLoad, Subject: "post", Reason: reason, Detail: map[string]any{"posts": len(some)}}
		var added []Post
		_, err := s.Ledger.DoAct(ctx, actor, act, func(tx *store.Tx) (err error) {
			added, err = s.loadPosts(ctx, tx, actor, act, some)
			return err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, added...)
	}
	return out, nil
}

func (s *Service) loadPosts(ctx context.Context, tx *store.Tx, actor ledger.Actor, act *ledger.Act, some []NewPost) ([]Post, error) {
	if err := tx.Lock(ctx, treeLock); err != nil {
		return nil, err
	}
	ids := make([]string, len(some))
	for i, n := range some {
		ids[i] = n.Organisation
	}
	orgs, err := ByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	at := make(map[string]Organisation, len(orgs))
	for _, o := range orgs {
		at[o.ID] = o
	}
	posts, rows := make([]Post, len(some)), make([][]any, len(some))
	for i, n := range some {
		o, ok := at[n.Organisation]
		title, known := TitleOf(n.Title)
		switch {
		case !ok || !tx.Scope().Holds(o.Path):
			return nil, fault.Missing()
		case !known || !title.existsIn(o.Kind) || strings.TrimSpace(n.Holder) == "":
			return nil, fmt.Errorf("org: post %d of the list: title %q in a %s, or no holder", i, n.Title, o.Kind)
		}
		if i == 0 || o.Path != act.OrgPath {
			if err := s.may(ctx, actor, ActLoad, o.Path); err != nil {
				return nil, err
			}
			act.OrgPath = o.Path
		}
		posts[i] = Post{ID: s.Ledger.IDs.New(), Organisation: o.ID, Title: n.Title, Member: n.Member, Holder: n.Holder, From: n.From, Version: 1}
		rows[i] = postRow(posts[i], o.Path)
	}
	act.OrgPath = rootOf(tx.Scope())
	return posts, tx.InsertMany(ctx, "post", postInsert, rows)
}

// rootOf is where an act belongs that is about many organisations of a scope.
func rootOf(s store.Scope) string {
	if p := s.Paths(); len(p) > 0 {
		return p[0]
	}
	return rootPath
}
