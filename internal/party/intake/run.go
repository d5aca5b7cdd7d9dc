package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/headcount"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/party/steward"
	"zhibu/internal/store"
	"zhibu/internal/trust/lease"
	"zhibu/internal/trust/ledger"
)

// Request is one import to run.
type Request struct {
	Book     *roster.Book
	Org      string // id of the target organisation: rows belong to it or below
	FileName string
	FileHash string // SHA-256 of the file, by which an interrupted import of it is recognised
	Sheet    string
	DryRun   bool
	Progress func(done, total int)
}

// rowsAtOnce is how many rows one transaction writes: few enough that nobody waits for it noticeably.
const rowsAtOnce = 1000

// run is an import under way.
type run struct {
	*Service
	actor     ledger.Actor
	target    target
	branches  *org.Directory
	context   roster.Context
	batch     *Batch // nil on a dry run
	lease     *lease.Lease
	result    Result
	updates   []*member.Change  // of records that the actor has entered and nobody has reviewed yet
	proposed  []review.Entry    // of other records, not yet filed
	proposing []*roster.Row     // and the rows they come from
	importers map[string]string // accounts behind other batches
	warned    []int             // rows with a warning, each of which is looked at
	disputed  []steward.Dispute // what the sheet says otherwise than a reviewed record, raised when the batch is shown
	pending   []pendingRow
	change    headcount.Change                          // of the new members, written when all of them are in
	source    string                                    // name of the file, as evidence
	reject    func(*roster.Row, []roster.Problem) error // what to do with a rejected row besides reporting it
}

type pendingRow struct {
	row      *roster.Row
	record   roster.Record
	problems []roster.Problem
}

type target struct{ id, path, name, kind string }

// Run imports a book, or with DryRun only says what it would do. It may be called again with the same file after a
// crash: what was left hidden is removed first.
func (s *Service) Run(ctx context.Context, actor ledger.Actor, req Request) (res Result, err error) {
	defer fault.Wrap(&err, "intake: run")
	r, err := s.prepare(ctx, actor, req.Org)
	if err != nil {
		return res, err
	}
	r.source = req.FileName
	survey, err := req.Book.Survey(ctx, &r.context)
	if err != nil {
		return res, err
	}
	if !req.DryRun {
		if err := r.begin(ctx, req); err != nil {
			return res, err
		}
		defer r.lease.Stop()
	}
	return r.finish(ctx, req, survey)
}

func (r *run) finish(ctx context.Context, req Request, survey *roster.Survey) (Result, error) {
	err := r.rows(ctx, req, survey)
	if err == nil && r.batch != nil {
		err = r.show(ctx)
	}
	r.result.Unknown = req.Book.Unknown()
	if err != nil && r.batch != nil {
		if ctx.Err() == nil {
			err = errors.Join(err, r.giveUp(ctx, err))
		}
		return r.result, err
	}
	return r.result, err
}

// prepare checks the right and gathers what the checks need.
func (s *Service) prepare(ctx context.Context, actor ledger.Actor, orgID string) (*run, error) {
	reader := s.db().As(actor.Scope)
	r := &run{Service: s, actor: actor, result: Result{Problems: []roster.Problem{}}, importers: map[string]string{}}
	found, err := reader.One(ctx, "SELECT id, path, name, kind FROM {org} WHERE id = ?", []any{orgID}, &r.target.id, &r.target.path, &r.target.name, &r.target.kind)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.Missing().At("org")
	}
	if err := s.Members.Rights.May(ctx, actor, DoImport, r.target.path); err != nil {
		return nil, err
	}
	if r.branches, err = org.NewDirectory(ctx, reader, r.target.path); err != nil {
		return nil, err
	}
	r.context = roster.Context{Today: civil.Today(s.clock()), Rules: s.Members.Rules, Demo: s.Members.Demo, Organisations: r.branches}
	if r.target.kind == "branch" || r.target.kind == "joint-branch" {
		r.context.TargetBranch = r.target.id
	}
	return r, nil
}

func (r *run) rows(ctx context.Context, req Request, survey *roster.Survey) error {
	for row, err := range req.Book.Rows(ctx) {
		if err != nil {
			return err
		}
		r.result.Rows++
		if err := r.take(ctx, row, survey); err != nil {
			return err
		}
		if r.result.Rows%rowsAtOnce == 0 && req.Progress != nil {
			req.Progress(r.result.Rows, survey.Rows)
		}
	}
	if req.Progress != nil {
		req.Progress(r.result.Rows, survey.Rows)
	}
	return r.flush(ctx)
}

// take checks one row and keeps it for the next transaction, or rejects it.
func (r *run) take(ctx context.Context, row *roster.Row, survey *roster.Survey) error {
	record, problems := roster.Check(row, &r.context)
	standing, double := survey.Stand(row)
	if standing == roster.Repeat || standing == roster.Conflict {
		problems = append(problems, double)
	}
	switch {
	case roster.Rejected(problems):
		return r.refuse(row, problems)
	case standing == roster.Repeat:
		r.result.Unchanged++
		r.report(problems)
		return nil
	}
	r.pending = append(r.pending, pendingRow{row, record, problems})
	if len(r.pending) < rowsAtOnce {
		return nil
	}
	return r.flush(ctx)
}

func (r *run) refuse(row *roster.Row, problems []roster.Problem) error {
	r.result.Rejected++
	r.report(problems)
	if r.reject == nil {
		return nil
	}
	return r.reject(row, problems)
}

func (r *run) report(problems []roster.Problem) {
	for _, p := range problems {
		if p.Level == roster.Warning {
			r.result.Warnings++
			if n := len(r.warned); n == 0 || r.warned[n-1] != p.Row {
				r.warned = append(r.warned, p.Row)
			}
		}
		if len(r.result.Problems) < problemsKept {
			r.result.Problems = append(r.result.Problems, p)
		} else {
			r.result.Omitted++
		}
	}
}

// flush decides of the kept rows which are new, changed, unchanged or known elsewhere, and writes the new ones.
func (r *run) flush(ctx context.Context) error {
	if len(r.pending) == 0 {
		return nil
	}
	records := make([]roster.Record, len(r.pending))
	for i, p := range r.pending {
		records[i] = p.record
	}
	known, err := r.Members.Find(ctx, r.everything(), records)
	if err != nil {
		return err
	}
	var entries []member.Entry
	for _, p := range r.pending {
		k, exists := known[string(p.record.IDNumber)]
		if exists {
			if err := r.meet(ctx, p, k); err != nil {
				return err
			}
			continue
		}
		r.report(p.problems)
		r.result.New++
		path, _, _ := r.branches.Place(p.record.OrganisationID)
		entries = append(entries, member.Entry{Record: p.record, OrgID: p.record.OrganisationID, OrgPath: path, Row: p.row.Number})
	}
	r.pending = r.pending[:0]
	if err := r.propose(ctx); err != nil {
		return err
	}
	return r.insert(ctx, entries)
}

// propose files the changes to reviewed records under the batch, hidden with it.
func (r *run) propose(ctx context.Context) error {
	entries, rows := r.proposed, r.proposing
	r.proposed, r.proposing = nil, nil
	if len(entries) == 0 {
		return nil
	}
	id := ""
	if r.batch != nil {
		id = r.batch.ID
	}
	list, waiting, beside, err := r.Reviews.Prepare(ctx, r.actor, id, entries)
	if err != nil {
		return err
	}
	for _, b := range beside {
		r.report([]roster.Problem{rows[b.At].Say(b.Field, roster.Warning, roster.ChangeWaiting, "%s已经提出更改这一项，正在等审核。这一行的更改会和它一起给审核人看，只会通过其中一条。", b.By)})
	}
	r.result.Unchanged += waiting // the same is proposed already
	r.result.Changed += len(list)
	doubts := r.contradictions(entries, list)
	r.result.Disputed += len(doubts)
	if r.batch == nil || len(list) == 0 {
		return nil
	}
	raised, err := r.Stewards.Contradicting(ctx, r.actor, doubts)
	if err != nil {
		return err
	}
	r.disputed = append(r.disputed, raised...)
	act := ledger.Act{Kind: "import.changes", Subject: "batch", SubjectID: id, OrgPath: r.target.path, Reason: "导入花名册",
		Source: r.batch.FileName, Detail: map[string]any{"changes": len(list)}}
	return r.ledger().Do(ctx, r.actor, act, func(tx *store.Tx) error {
		if err := r.lease.Holds(ctx, tx); err != nil {
			return err
		}
		return r.Reviews.File(ctx, tx, list)
	})
}

// contradictions are the facts of what is proposed that stay as they are in a life: a second person has reviewed one value
// of them, and the sheet brings another.
func (r *run) contradictions(entries []review.Entry, list []review.Proposal) (out []steward.Contradiction) {
	for _, c := range steward.Contradictions(entries, r.source) {
		i := slices.IndexFunc(list, func(p review.Proposal) bool { return p.Member == c.Member.ID && p.Row == c.Row })
		if i < 0 {
			continue // the same is proposed already
		}
		c.Proposal = list[i].ID
		out = append(out, c)
	}
	return out
}

// meet handles a row whose person is on the register already.
func (r *run) meet(ctx context.Context, p pendingRow, k member.Known) error {
	if problem, refused := r.elsewhere(ctx, p, k.Member); refused {
		return r.refuse(p.row, append(p.problems, problem))
	}
	r.report(p.problems)
	u, err := r.Members.Compare(k, p.record)
	if err != nil {
		return err
	}
	if u == nil {
		r.result.Unchanged++
		return nil
	}
	direct, err := r.direct(ctx, k.Member)
	if err != nil {
		return err
	}
	if !direct {
		u.Basis = member.Basis{Reason: "导入花名册", Document: r.source}
		r.proposed, r.proposing = append(r.proposed, review.Entry{Change: u, Row: p.row.Number}), append(r.proposing, p.row)
		return nil
	}
	r.result.Changed++
	r.updates = append(r.updates, u)
	return nil
}

// direct tells whether a change to a known record acts at once: of what the same account has imported and nobody has
// reviewed, which is asked a sheet at a time, or as of any other entry.
func (r *run) direct(ctx context.Context, m member.Member) (bool, error) {
	if m.Review == member.Reviewed {
		return false, nil
	}
	if m.Batch != "" {
		importer, known := r.importers[m.Batch]
		if !known {
			b, err := r.Batch(ctx, r.everything(), m.Batch)
			if err != nil && fault.Of(err) != fault.NotFound {
				return false, err
			}
			importer = b.Account
			r.importers[m.Batch] = importer
		}
		if importer == r.actor.Account {
			return true, nil
		}
	}
	return r.Reviews.Direct(ctx, r.actor, m)
}

// elsewhere refuses a person whom another organisation has, and tells no more than the actor may know.
func (r *run) elsewhere(ctx context.Context, p pendingRow, m member.Member) (roster.Problem, bool) {
	say := func(text string, args ...any) (roster.Problem, bool) {
		return p.row.Say(roster.IDNumber, roster.Error, roster.DuplicatePerson, text, args...).By("T-02"), true
	}
	visible := r.actor.Scope.HoldsRecord(m.ID, m.OrgPath)
	switch {
	case m.State == member.Ended && visible && m.OrgID == p.record.OrganisationID:
		return say("这名党员已经办理过离开登记。如果有误，请在党员页面用“恢复”，不要重复导入。")
	case m.OrgID == p.record.OrganisationID:
		return roster.Problem{}, false
	case visible:
		return say("这名党员现在登记在%s。如需调整，请在党员页面用“调整支部”。", r.nameOf(ctx, m.OrgID))
	}
	return say("这名党员已在其他党组织登记，不能重复登记。请办理组织关系转接。")
}

func (r *run) nameOf(ctx context.Context, id string) string {
	if _, name, known := r.branches.Place(id); known {
		return name
	}
	var name string
	if found, err := r.db().As(r.actor.Scope).One(ctx, "SELECT name FROM {org} WHERE id = ?", []any{id}, &name); err != nil || !found {
		return "其他支部"
	}
	return name
}

func (r *run) insert(ctx context.Context, entries []member.Entry) error {
	if r.batch == nil || len(entries) == 0 {
		return nil
	}
	if err := r.lease.Alive(); err != nil {
		return err
	}
	prepared, err := r.Members.Prepare(ctx, entries, r.batch.ID, member.Pending)
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: "import.rows", Subject: "batch", SubjectID: r.batch.ID, OrgPath: r.target.path, Reason: "导入花名册",
		Source: r.batch.FileName, Detail: map[string]any{"rows": len(entries)}}
	err = r.ledger().Do(ctx, r.actor, act, func(tx *store.Tx) error {
		if err := r.lease.Holds(ctx, tx); err != nil {
			return err
		}
		return r.Members.Insert(ctx, tx, prepared)
	})
	if fault.Of(err) == fault.Conflict {
		return fault.New(fault.Conflict, "导入期间，有人登记了同一名党员。没有写入任何内容，请重新导入。").Because(err)
	}
	if err != nil {
		return fmt.Errorf("rows up to %d: %w", r.result.Rows, err)
	}
	r.change.Merge(prepared.Change)
	return nil
}
