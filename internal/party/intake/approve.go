package intake

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/party/member"
	"zhibu/internal/party/review"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/lease"
	"zhibu/internal/trust/ledger"
)

// Clean rows of an import (no warning, unchanged since) can be approved together. The work is a job: it goes on in
// pieces after a restart, each piece an act of the reviewer with the rights checked anew; a row that somebody changes
// meanwhile is left for a person to look at.

const (
	jobClean      = "review"
	approveAtOnce = 500
)

func cleanJob(batch string) string { return "clean-" + batch }

// clean is the condition on rows of a batch that nobody has to look at one by one.
const clean = "m.batch = ? AND m.review = 'pending' AND m.state = 'active' AND m.version = 1 AND m.org_path >= ? AND m.org_path < ?" +
	" AND NOT EXISTS (SELECT 1 FROM {warned} w WHERE w.batch_id = m.batch AND w.line = m.source_row)" +
	" AND NOT EXISTS (SELECT 1 FROM {problem} p WHERE p.batch_id = m.batch AND p.line = m.source_row AND p.level = 'warning')"

func cleanArgs(b Batch) []any { return []any{b.ID, b.OrgPath, b.OrgPath[:len(b.OrgPath)-1] + "/"} }

// Clean counts the rows of a batch that can be approved together.
func (s *Service) Clean(ctx context.Context, b Batch) (n int, err error) {
	_, err = s.everything().One(ctx, "SELECT count(*) FROM {member} m WHERE "+clean, cleanArgs(b), &n)
	return n, err
}

// ApproveClean begins to approve the clean rows of a batch; Approval tells how far it is. Asking twice does no harm.
func (s *Service) ApproveClean(ctx context.Context, actor ledger.Actor, id string) (err error) {
	defer s.bell.Ring()
	defer fault.Wrap(&err, "intake: approve")
	b, err := s.Batch(ctx, s.db().As(actor.Scope), id)
	if err != nil {
		return err
	}
	if b.State != Done {
		return fault.New(fault.Invalid, "这次导入还没有写入，没有可以审核的。")
	}
	n, err := s.Clean(ctx, b)
	if err != nil {
		return err
	}
	act := ledger.Act{Kind: "review.clean", Subject: "batch", SubjectID: id, OrgPath: b.OrgPath, Reason: "无疑点的行一并审核", Source: b.FileName, Detail: map[string]any{"rows": n}}
	return s.ledger().Do(ctx, actor, act, func(tx *store.Tx) error {
		if err := s.Reviews.Approving(ctx, tx, actor, b.Account, b.OrgPath); err != nil {
			return err
		}
		all := tx.System("review")
		var state string
		found, err := all.One(ctx, "SELECT state FROM {job} WHERE id = ?", []any{cleanJob(id)}, &state)
		switch {
		case err != nil:
			return err
		case found && state == "running":
			return ledger.ErrUnchanged
		case found:
			if _, err := all.Delete(ctx, "job", store.ByID(cleanJob(id))); err != nil {
				return err
			}
		}
		return all.Insert(ctx, "job", store.Set("id", cleanJob(id)), store.Set("kind", jobClean), store.Set("state", "running"), store.Set("due", n),
			store.Set("lease", 0), store.Set("detail", actor.Account), store.Set("progress", 0), store.Set("result", ""))
	})
}

// Approval is how far the approval of a batch's clean rows is.
type Approval struct {
	Running     bool
	Done, Total int
	Message     string // why it ended early, "" if it did not
}

// Approval tells how far it is; found is false when nobody has begun.
func (s *Service) Approval(ctx context.Context, id string) (a Approval, found bool, err error) {
	var state string
	found, err = s.everything().One(ctx, "SELECT state, progress, due, result FROM {job} WHERE id = ?", []any{cleanJob(id)}, &state, &a.Done, &a.Total, &a.Message)
	a.Running = state == "running"
	return a, found, err
}

// approveNext works a piece of an approval whose lease nobody holds; false when none waits.
func (s *Service) approveNext(ctx context.Context) (bool, error) {
	var job, account string
	var until int64
	query := "SELECT j.id, j.detail, j.lease FROM {job} j WHERE j.kind = '" + jobClean + "' AND j.state = 'running' AND " + lease.Lapsed + " ORDER BY j.id LIMIT 1"
	found, err := s.everything().One(ctx, query, lease.LapsedArgs(), &job, &account, &until)
	if err != nil || !found {
		return false, err
	}
	taken := false
	err = s.db().Operate(ctx, func(tx *store.Tx) error {
		n, err := tx.Update(ctx, "job", store.ByID(job).And("lease", until), store.Set("lease", lease.Until()))
		taken = n == 1
		return err
	})
	if err != nil || !taken {
		return false, err
	}
	err = s.approve(ctx, job, account)
	if err != nil && ctx.Err() == nil {
		message := "审核没有全部办完，请重试。"
		if f := fault.As(err); f != nil {
			message = f.Error()
		}
		return true, s.endApproval(ctx, job, message)
	}
	return true, err
}

func (s *Service) endApproval(ctx context.Context, job, message string) error {
	return s.db().Operate(ctx, func(tx *store.Tx) error {
		_, err := tx.Update(ctx, "job", store.ByID(job), store.Set("state", "done"), store.Set("result", message))
		return err
	})
}

// approve goes on until no clean row is left.
func (s *Service) approve(ctx context.Context, job, account string) error {
	actor, err := s.Actor(ctx, account)
	if err != nil {
		return err
	}
	b, err := s.Batch(ctx, s.everything(), job[len(cleanJob("")):])
	if err != nil {
		return err
	}
	for {
		n, err := s.approvePiece(ctx, actor, b, job)
		if err != nil {
			return err
		}
		if n < approveAtOnce {
			return s.endApproval(ctx, job, "")
		}
	}
}

func (s *Service) approvePiece(ctx context.Context, actor ledger.Actor, b Batch, job string) (n int, err error) {
	act := ledger.Act{Kind: review.ActApprove, Subject: "batch", SubjectID: b.ID, OrgPath: b.OrgPath, Reason: "无疑点的行一并审核", Source: b.FileName}
	_, err = s.ledger().DoAct(ctx, actor, &act, func(tx *store.Tx) error {
		if err := s.Reviews.Approving(ctx, tx, actor, b.Account, b.OrgPath); err != nil {
			return err
		}
		all := tx.System("review")
		var list []member.Member
		err := s.Members.Each(ctx, all, clean+" ORDER BY m.id LIMIT ?", append(cleanArgs(b), approveAtOnce), func(m member.Member) error {
			if m.ID != actor.Member { // nobody approves the own record
				list = append(list, m)
			}
			return nil
		})
		n = len(list)
		if err != nil {
			return err
		}
		if n == 0 {
			return ledger.ErrUnchanged
		}
		act.Detail = map[string]any{"rows": n}
		if err := s.Members.JudgeMany(ctx, tx, list); err != nil {
			return err
		}
		if _, err := all.Add(ctx, "job", store.ByID(job), "progress", int64(n)); err != nil {
			return err
		}
		_, err = all.Update(ctx, "job", store.ByID(job), store.Set("lease", lease.Until()))
		return err
	})
	return n, err
}

// keepWarned remembers which rows have to be looked at one by one.
func keepWarned(ctx context.Context, tx *store.Tx, batch string, lines []int) error {
	rows := make([][]any, 0, len(lines))
	seen := make(map[int]bool, len(lines))
	for _, n := range lines {
		if !seen[n] {
			seen[n] = true
			rows = append(rows, []any{batch, n})
		}
	}
	return tx.System("import").InsertMany(ctx, "warned", []string{"batch_id", "line"}, rows)
}

// RowProblems are what the check of an import said of one of its rows, for whoever reviews it.
func (s *Service) RowProblems(ctx context.Context, batch string, line int) ([]roster.Problem, error) {
	if batch == "" || line == 0 {
		return nil, nil
	}
	return s.problems(ctx, "line = ? ORDER BY n", []any{batch, line})
}

// Unreviewed lists the newest imports of which rows still wait for review, and how many of them are clean. Rows are
// read under r, so that nobody learns of a batch without rows of the own area.
func (s *Service) Unreviewed(ctx context.Context, r store.Reader, limit int) (list []Batch, clean []int, err error) {
	query := "SELECT " + batchColumns + " FROM {batch} b WHERE b.state = '" + string(Done) + "' AND EXISTS (SELECT 1 FROM {member} m" +
		" WHERE m.batch = b.id AND m.review = 'pending' AND m.state = 'active') ORDER BY b.id DESC LIMIT ?"
	err = r.Each(ctx, query, []any{limit}, func(row store.Row) error {
		b, err := scanBatch(row)
		list = append(list, b)
		return err
	})
	for _, b := range list {
		if err != nil {
			return nil, nil, err
		}
		var n int
		n, err = s.Clean(ctx, b)
		clean = append(clean, n)
	}
	return list, clean, err
}
