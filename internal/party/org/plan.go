package org

import (
	"context"
	"errors"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Plan is an act on an organisation that waits for a second person: what the act is told, in one form that can be kept
// and asked again. Doing it at once is for founding a tree; pages and interfaces go by internal/party/review.
type Plan struct {
	Kind      string     `json:"kind"`             // one of Planned
	ID        string     `json:"id"`               // what it is about; of an establishment the superior
	Target    string     `json:"target,omitempty"` // the new superior, or the one that goes on
	Code      string     `json:"code,omitempty"`
	Name      string     `json:"name,omitempty"`
	ShortName string     `json:"short,omitempty"`
	Sort      Kind       `json:"sort,omitempty"` // of one that is set up
	Facts     Facts      `json:"facts,omitzero"`
	Members   []string   `json:"members,omitempty"`  // who goes with a part
	Children  []string   `json:"children,omitempty"` // which inferiors go with a part
	Until     civil.Date `json:"until,omitzero"`     // the day on which an earlier name ended
	NoPhone   bool       `json:"noPhone,omitempty"`  // the phone number is to be forgotten
	Title     string     `json:"title,omitempty"`    // the post that somebody is put into
	Member    string     `json:"member,omitempty"`   // who is put into it, by the record
	Holder    string     `json:"holder,omitempty"`   // or by name, without a record here
	Post      string     `json:"post,omitempty"`     // the post that ends
	Basis     `json:"-"`
}

// Planned are the acts that wait for a second person: all by which something of an organisation becomes another.
var Planned = []string{ActEstablish, ActRename, ActName, ActMove, ActMerge, ActSplit, ActAbolish, ActReopen, ActChange, ActAddPost, ActEndPost}

// placed are those that change where something belongs: they touch members, inferiors and posts.
var placed = map[string]bool{ActMove: true, ActMerge: true, ActSplit: true, ActAbolish: true, ActReopen: true}

// Outlook is what a plan comes to as the tree stands.
type Outlook struct {
	Of      Organisation
	Parent  Organisation // the superior of Of; zero for the root
	Target  Organisation // zero: none
	Top     string       // path of the lowest organisation that is above everything that changes
	Members int          // how many go along, or belong there
	Below   int          // how many inferiors go along, or stand there
	Posts   int          // posts that end
	Post    Post         // the post that begins or ends, with the name of its holder as far as it is known
}

// Seen is the version that whoever proposes has seen, and what it is the version of: the post that ends, or the
// organisation; "" where nothing that stands is changed, or where it is not there.
func (o Outlook) Seen(kind string) (version int64, id string) {
	switch kind {
	case ActEstablish, ActAddPost:
		return 0, ""
	case ActEndPost:
		return o.Post.Version, o.Post.ID
	}
	return o.Of.Version, o.Of.ID
}

// Outlook checks a plan without doing it, as the tree stands that the reader holds whole, and tells what it comes to.
// The plan's texts are tidied. What is known is given with a fault too.
func (s *Service) Outlook(ctx context.Context, all store.Reader, p *Plan) (out Outlook, err error) {
	if out, err = outlook(ctx, all, *p); err != nil {
		return out, err
	}
	if err := s.check(&p.Basis); err != nil {
		return out, err
	}
	err = s.possible(ctx, all, p, out)
	switch {
	case !errors.Is(err, ledger.ErrUnchanged):
	case p.Kind == ActChange:
		err = fault.New(fault.Invalid, "内容没有变，不用更正。").At("unit")
	default:
		err = fault.New(fault.Invalid, "名称没有变，不用更名。").At("name")
	}
	return out, err
}

// outlook reads what a plan is about.
func outlook(ctx context.Context, all store.Reader, p Plan) (out Outlook, err error) {
	if out.Of, err = ByID(ctx, all, p.ID); err != nil {
		return out, err
	}
	out.Top = out.Of.Path
	if out.Of.ParentID != "" {
		if out.Parent, err = ByID(ctx, all, out.Of.ParentID); err != nil {
			return out, err
		}
		if p.Kind != ActEstablish && p.Kind != ActChange {
			out.Top = out.Parent.Path
		}
	}
	if p.Target != "" {
		if out.Target, err = ByID(ctx, all, p.Target); err != nil {
			if f := fault.As(err); f != nil {
				err = f.At("target")
			}
			return out, err
		}
		to := out.Target.Path
		if above := Above(to); p.Kind == ActMerge && len(above) > 0 {
			to = above[len(above)-1]
		}
		out.Top = Common(out.Top, to)
	}
	if p.Kind == ActAddPost || p.Kind == ActEndPost {
		out.Post, err = postOf(ctx, all, p)
		return out, err
	}
	if !placed[p.Kind] {
		return out, nil
	}
	for into, query := range map[*int]string{&out.Members: "SELECT count(*) FROM {member} WHERE org_path >= ? AND org_path < ? AND state = 'active'",
		&out.Below: "SELECT count(*) FROM {org} WHERE path > ? AND path < ? AND abolished_on = ''"} {
		if _, err := all.One(ctx, query, []any{out.Of.Path, behind(out.Of.Path)}, into); err != nil {
			return out, err
		}
	}
	_, err = all.One(ctx, "SELECT count(*) FROM {post} WHERE org_id = ? AND to_on = ''", []any{p.ID}, &out.Posts)
	return out, err
}

// postOf reads the post that ends, or makes the one that begins.
func postOf(ctx context.Context, all store.Reader, p Plan) (Post, error) {
	if p.Kind == ActEndPost {
		post, err := PostByID(ctx, all, p.Post)
		if err == nil && post.Organisation != p.ID {
			err = fault.Missing()
		}
		return post, err
	}
	post := p.post()
	_, err := all.One(ctx, "SELECT name FROM {member} WHERE id = ?", []any{p.Member}, &post.Holder)
	return post, err
}

// post is the post that a plan begins.
func (p Plan) post() Post {
	return Post{Organisation: p.ID, Title: p.Title, Member: p.Member, Holder: p.Holder, From: p.On, Version: 1}
}

// possible asks the rules of the act.
func (s *Service) possible(ctx context.Context, all store.Reader, p *Plan, out Outlook) (err error) {
	o := out.Of
	switch p.Kind {
	case ActEstablish:
		if _, err := s.draft(p.Code, p.Name, p.ShortName, p.Sort, p.Facts); err != nil {
			return err
		}
		if err := mayHave(o, p.Sort); err != nil {
			return err
		}
		return codeFree(ctx, all, p)
	case ActRename:
		if p.Name, p.ShortName, err = names(p.Name, p.ShortName); err != nil {
			return err
		}
		return mayRename(ctx, all, o, p.Name, p.ShortName, p.On)
	case ActName:
		if p.Name, p.ShortName, err = names(p.Name, p.ShortName); err != nil {
			return err
		}
		if err := untilDay(p.Until, civil.Today(s.Clock)); err != nil {
			return err
		}
		_, err = mayHaveBeenCalled(ctx, all, o, p.On, p.Until)
		return err
	case ActMove:
		if err := mayMove(ctx, all, o, out.Target, p.On); err != nil {
			return err
		}
		return deepest(ctx, all, o, out.Target)
	case ActMerge:
		return possibleMerge(ctx, all, o, out.Target, p.On)
	case ActSplit:
		return s.possibleSplit(ctx, all, o, p)
	case ActAbolish:
		return mayAbolish(ctx, all, o, p.On)
	case ActReopen:
		return mayReopen(ctx, all, o, p.On)
	case ActChange:
		f, _, _, err := s.mayChange(ctx, all, o, p.Facts, p.NoPhone, p.On)
		if err == nil {
			p.Facts = Facts{f.unit, f.unitKind, f.credit, f.contact, f.phone}
		}
		return err
	case ActAddPost:
		if p.Member != "" {
			p.Holder = "" // the record says the name, as long as there is a record
		}
		post := p.post()
		return mayHold(ctx, all, o, &post)
	case ActEndPost:
		return mayLeave(out.Post, p.On)
	}
	return errUnplanned
}

var errUnplanned = errors.New("org: no such plan")

func codeFree(ctx context.Context, all store.Reader, p *Plan) (err error) {
	if p.Code, err = code(p.Code); err != nil {
		return err
	}
	return freeCode(ctx, all, p.Code)
}

func possibleMerge(ctx context.Context, all store.Reader, o, to Organisation, on civil.Date) error {
	if err := mayMerge(ctx, all, o, to, on); err != nil {
		return err
	}
	below, err := inferiors(ctx, all, o, nil)
	if err != nil {
		return err
	}
	for _, c := range below {
		if err := mayStand(c.Kind, to, "target"); err != nil {
			return err
		}
		if err := deepest(ctx, all, c, to); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) possibleSplit(ctx context.Context, all store.Reader, o Organisation, p *Plan) error {
	if _, err := s.part(o.Kind, *p); err != nil {
		return err
	}
	if err := mayDivide(ctx, all, o, p.On); err != nil {
		return err
	}
	below, err := inferiors(ctx, all, o, p.Children)
	if err != nil {
		return err
	}
	if len(p.Children) > 0 && len(below) != len(p.Children) {
		return fault.New(fault.Invalid, "有的下级党组织已经不在这里，请重新选择。").At("children")
	}
	if len(p.Members) > 0 && !o.Kind.HoldsMembers() {
		return fault.New(fault.Invalid, "党员编在党支部里，请选择下级党组织。").At("members")
	}
	there := 0
	err = inChunks(p.Members, func(in string, args []any) error {
		var n int
		_, err := all.One(ctx, "SELECT count(*) FROM {member} WHERE id IN "+in+" AND org_id = ? AND state = 'active'", append(args, o.ID), &n)
		there += n
		return err
	})
	if err == nil && there != len(p.Members) {
		err = fault.New(fault.Invalid, "有的党员已经不在这个支部，请重新选择。").At("members")
	}
	if err != nil {
		return err
	}
	return codeFree(ctx, all, p)
}

// Ready is a plan that can be done: its texts are tidied, and what it sets up has a key.
type Ready struct {
	plan Plan
	made *draft
}

// Ready makes a plan ready before the transaction that does it, since keys are written first.
func (s *Service) Ready(ctx context.Context, p Plan) (r *Ready, err error) {
	r = &Ready{plan: p}
	switch p.Kind {
	case ActEstablish:
		r.made, err = s.draft(p.Code, p.Name, p.ShortName, p.Sort, p.Facts)
	case ActSplit:
		var o Organisation
		if o, err = ByID(ctx, s.DB.As(store.System("org: what is divided")), p.ID); err == nil {
			r.made, err = s.part(o.Kind, p)
		}
	}
	if err != nil || r.made == nil {
		return r, err
	}
	holders, err := s.Vault.Create(ctx, []string{r.made.o.ID})
	if err == nil {
		r.made.o.Established = p.On
		r.made.seal(holders[0])
	}
	return r, err
}

// Subject is the id of what the act is about: of an establishment, what it sets up.
func (r *Ready) Subject() string {
	if r.plan.Kind == ActEstablish {
		return r.made.o.ID
	}
	return r.plan.ID
}

// part is the draft of what is set up out of another.
func (s *Service) part(kind Kind, p Plan) (*draft, error) {
	if len(p.Members)+len(p.Children) == 0 {
		return nil, fault.New(fault.Invalid, "请选择哪些党员或者下级党组织分过去。").At("members")
	}
	return s.draft(p.Code, p.Name, p.ShortName, kind, Facts{})
}

// Apply does a plan inside an act of the ledger, with every rule asked again as the tree stands now, and gives the
// organisation that it is about or that it made. The caller has decided that it may be done: a second person has looked.
func (s *Service) Apply(ctx context.Context, tx *store.Tx, actor ledger.Actor, ready *Ready) (Organisation, error) {
	free := *s
	free.Rights = decided{}
	all := tx.System("org: a second person has looked")
	if err := all.Lock(ctx, treeLock); err != nil {
		return Organisation{}, err
	}
	p := ready.plan
	if p.Kind == ActEstablish {
		again := *ready.made // the function may run again
		err := free.establish(ctx, all, actor, &again, Establish{Parent: p.ID, Basis: p.Basis})
		return again.o, err
	}
	o, err := ByID(ctx, all, p.ID)
	if err != nil {
		return o, err
	}
	switch p.Kind {
	case ActRename:
		err = free.rename(ctx, all, &o, p.Name, p.ShortName, p.Basis)
	case ActName:
		err = free.earlierName(ctx, all, &o, p.Name, p.ShortName, p.Until, p.Basis)
	case ActMove:
		err = free.move(ctx, all, actor, &o, p.Target, p.Basis)
	case ActMerge:
		err = free.merge(ctx, all, actor, &o, p.Target, p.Basis)
	case ActSplit:
		again := *ready.made
		err = free.divide(ctx, all, actor, &o, &again, Split{ID: p.ID, Members: p.Members, Children: p.Children, Basis: p.Basis})
		o = again.o
	case ActAbolish:
		err = free.abolish(ctx, all, &o, p.Basis)
	case ActReopen:
		err = free.reopen(ctx, all, &o, p.Basis)
	case ActChange:
		err = free.changeFacts(ctx, all, &o, p.Facts, p.NoPhone, p.Basis)
	case ActAddPost:
		post := p.post()
		post.ID = s.Ledger.IDs.New()
		err = addPost(ctx, all, o, &post)
	case ActEndPost:
		var post Post
		if post, err = postOf(ctx, all, p); err == nil {
			err = endPost(ctx, all, &post, p.On)
		}
	default:
		err = errUnplanned
	}
	return o, err
}

// decided are the rights of what two people have decided.
type decided struct{}

func (decided) May(context.Context, ledger.Actor, string, string) error { return nil }
