package intake

import (
	"cmp"
	"context"
	"slices"

	"zhibu/internal/party/roster"
	"zhibu/internal/store"
)

// ProblemsListed bounds the problems kept of a batch; the workbook of rejected rows has them all.
const ProblemsListed = 5000

// Found narrows the problems of a batch; empty fields narrow nothing.
type Found struct {
	Level roster.Level
	Code  roster.Code
}

// CodeCount is how often a problem occurs.
type CodeCount struct {
	Found
	N int
}

const problemColumns = "sheet, line, col, level, code, message, rule, format, args, cell, value, who"

func scanProblem(row store.Row) (p roster.Problem, err error) {
	var args string
	err = row.Scan(&p.Sheet, &p.Row, &p.Column, &p.Level, &p.Code, &p.Message, &p.Rule, &p.Text, &args, &p.Cell, &p.Value, &p.Who)
	if err == nil && args != "" {
		err = decode(args, &p.Args)
	}
	return p, err
}

func (f Found) where() (string, []any) {
	cond, args := "", []any{}
	if f.Level != "" {
		cond, args = cond+" AND level = ?", append(args, string(f.Level))
	}
	if f.Code != "" {
		cond, args = cond+" AND code = ?", append(args, string(f.Code))
	}
	return cond, args
}

// Problems lists what was found in a batch's rows, from the n-th on. The caller has made sure that the reader may see
// the batch.
func (s *Service) Problems(ctx context.Context, batch string, level roster.Level, code roster.Code, from, limit int) ([]roster.Problem, error) {
	cond, more := Found{level, code}.where()
	args := append(append([]any{batch, from}, more...), limit)
	return s.problems(ctx, "n >= ?"+cond+" ORDER BY n LIMIT ?", args)
}

func (s *Service) problems(ctx context.Context, where string, args []any) ([]roster.Problem, error) {
	var out []roster.Problem
	err := s.everything().Each(ctx, "SELECT "+problemColumns+" FROM {problem} WHERE batch_id = ? AND "+where, args, func(row store.Row) error {
		p, err := scanProblem(row)
		out = append(out, p)
		return err
	})
	return out, err
}

// ProblemRows gives the rows with problems, in the order of the file, and how many there are in all.
func (s *Service) ProblemRows(ctx context.Context, batch string, f Found, skip, limit int) (rows [][]roster.Problem, total int, err error) {
	cond, more := f.where()
	args := append([]any{batch}, more...)
	groups := " FROM {problem} WHERE batch_id = ?" + cond + " GROUP BY sheet, line"
	if _, err := s.everything().One(ctx, "SELECT count(*) FROM (SELECT 1"+groups+") c", args, &total); err != nil {
		return nil, 0, err
	}
	var first, last int
	none := true
	err = s.everything().Each(ctx, "SELECT min(n), max(n)"+groups+" ORDER BY min(n) LIMIT ? OFFSET ?", append(slices.Clone(args), limit, skip), func(row store.Row) error {
		var lo, hi int
		err := row.Scan(&lo, &hi)
		if none {
			first, none = lo, false
		}
		last = hi
		return err
	})
	if err != nil || none {
		return nil, total, err
	}
	list, err := s.problems(ctx, "n >= ? AND n <= ?"+cond+" ORDER BY n", append([]any{batch, first, last}, more...))
	for i, p := range list {
		if i == 0 || p.Row != list[i-1].Row || p.Sheet != list[i-1].Sheet {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], p)
	}
	return rows, total, err
}

// Tally counts a batch's problems by code, errors first.
func (s *Service) Tally(ctx context.Context, batch string) ([]CodeCount, error) {
	var out []CodeCount
	err := s.everything().Each(ctx, "SELECT level, code, count(*) FROM {problem} WHERE batch_id = ? GROUP BY level, code ORDER BY level, count(*) DESC, code", []any{batch}, func(row store.Row) error {
		var c CodeCount
		err := row.Scan(&c.Level, &c.Code, &c.N)
		out = append(out, c)
		return err
	})
	return out, err
}

// inOrder sorts problems as the file has its rows: sheets as they came first, then rows.
func inOrder(problems []roster.Problem) []roster.Problem {
	sheets := map[string]int{}
	for _, p := range problems {
		if _, seen := sheets[p.Sheet]; !seen {
			sheets[p.Sheet] = len(sheets)
		}
	}
	out := slices.Clone(problems)
	slices.SortStableFunc(out, func(a, b roster.Problem) int {
		return cmp.Or(cmp.Compare(sheets[a.Sheet], sheets[b.Sheet]), cmp.Compare(a.Row, b.Row))
	})
	return out[:min(len(out), ProblemsListed)]
}

func replaceProblems(ctx context.Context, tx *store.Tx, id string, problems []roster.Problem) error {
	if _, err := tx.Delete(ctx, "problem", store.Key{store.Set("batch_id", id)}); err != nil {
		return err
	}
	listed := inOrder(problems)
	rows := make([][]any, 0, len(listed))
	for i, p := range listed {
		args := ""
		if len(p.Args) > 0 {
			args = encoded(p.Args)
		}
		rows = append(rows, []any{id, i, p.Sheet, p.Row, p.Column, string(p.Level), string(p.Code), p.Message, p.Rule, p.Text, args, p.Cell, p.Value, p.Who})
	}
	return tx.InsertMany(ctx, "problem", []string{"batch_id", "n", "sheet", "line", "col", "level", "code", "message", "rule", "format", "args", "cell", "value", "who"}, rows)
}

// forgetCells drops what stood in the sheet from the problems, with the sheet itself.
func forgetCells(ctx context.Context, tx *store.Tx, batch string) error {
	_, err := tx.Update(ctx, "problem", store.Key{store.Set("batch_id", batch)}, store.Set("value", ""), store.Set("who", ""))
	return err
}
