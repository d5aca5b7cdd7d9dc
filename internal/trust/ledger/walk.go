package ledger

import (
	"context"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"zhibu/internal/store"
)

var prefixed = strings.ReplaceAll(recordColumns, ", ", ", a.")

// eachLeaf walks the chain in its order. It reads a page at a time, because one PostgreSQL connection cannot answer a
// second query while the rows of the first are open.
func eachLeaf(ctx context.Context, r store.Reader, fn func(idx int64, rec Record) error) error {
	const page = 500
	for from := int64(0); ; {
		var at []int64
		var records []Record
		err := r.Each(ctx, "SELECT l.idx, a."+prefixed+" FROM {leaf} l JOIN {chained} a ON a.id = l.act_id WHERE l.idx >= ? ORDER BY l.idx LIMIT ?", []any{from, page}, func(row store.Row) error {
			var idx int64
			rec, err := scanLeaf(row, &idx)
			at, records = append(at, idx), append(records, rec)
			return err
		})
		if err != nil {
			return err
		}
		for i, rec := range records {
			if err := fn(at[i], rec); err != nil {
				return err
			}
		}
		if len(records) < page {
			return nil
		}
		from = at[len(at)-1] + 1
	}
}

func scanLeaf(row store.Row, idx *int64) (Record, error) {
	return scanRecord(leading{row, idx})
}

// leading reads one more column before those of the record.
type leading struct {
	row store.Row
	idx *int64
}

func (l leading) Scan(dest ...any) error { return l.row.Scan(append([]any{l.idx}, dest...)...) }

// eventCursor reads the events of acts one act at a time; acts of one writer lie together.
type eventCursor struct {
	ctx context.Context
	r   store.Reader
	err error
}

func (c *eventCursor) between(rec Record, fn func(store.Image)) {
	if c.err != nil || rec.Events == 0 && rec.FirstSeq == 0 {
		return
	}
	c.err = eachEvent(c.ctx, c.r, "seq BETWEEN ? AND ? AND act_id = ?", []any{rec.FirstSeq, rec.LastSeq, rec.ID}, fn)
}

// compact is a Merkle tree of which only the right edge is kept: subtree roots of the sizes in size's binary form.
type compact struct {
	size int64
	edge []tlog.Hash // largest subtree first
}

func (c *compact) add(h tlog.Hash) {
	for n := c.size; n&1 == 1; n >>= 1 {
		last := len(c.edge) - 1
		if last < 0 {
			break // a gap in the chain was reported already
		}
		h = tlog.NodeHash(c.edge[last], h)
		c.edge = c.edge[:last]
	}
	c.edge = append(c.edge, h)
	c.size++
}

func (c *compact) root() tlog.Hash {
	if len(c.edge) == 0 {
		h, _ := tlog.TreeHash(0, nil)
		return h
	}
	h := c.edge[len(c.edge)-1]
	for i := len(c.edge) - 2; i >= 0; i-- {
		h = tlog.NodeHash(c.edge[i], h)
	}
	return h
}
