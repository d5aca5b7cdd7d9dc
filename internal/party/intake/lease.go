package intake

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/lease"
)

// A running import, withdrawal or undoing holds its batch by a lease. The job's kind is the name of the locks too.
const jobImport = "import"

// errTaken is a batch that another process has meanwhile taken over.
var errTaken = fault.New(fault.Unavailable, "导入中断过久，已经停止，没有写入任何内容。请重新导入。")

func (s *Service) held() lease.Room {
	return lease.Room{DB: s.db(), Kind: jobImport, NewID: s.ledger().IDs.New, Taken: errTaken}
}

// ownerOf is who holds a batch, "" when nobody has begun with it.
func (s *Service) ownerOf(ctx context.Context, batch string) (owner string, err error) {
	_, err = s.everything().One(ctx, "SELECT detail FROM {job} WHERE id = ?", []any{batch}, &owner)
	return owner, err
}

// abandoned lists the batches in a state whose lease has lapsed, with who had them.
func (s *Service) abandoned(ctx context.Context, state State, and string) (owners map[string]string, err error) {
	owners = map[string]string{}
	query := "SELECT b.id, j.detail FROM {batch} b JOIN {job} j ON j.id = b.id WHERE b.state = ?" + and + " AND " + lease.Lapsed
	err = s.everything().Each(ctx, query, append([]any{string(state)}, lease.LapsedArgs()...), func(row store.Row) error {
		var id, owner string
		err := row.Scan(&id, &owner)
		owners[id] = owner
		return err
	})
	return owners, err
}

// cover makes a batch's rows invisible and gives the job a lease and an owner.
func (s *Service) cover(ctx context.Context, tx *store.Tx, batch, owner string) error {
	if err := uncover(ctx, tx, batch); err != nil { // what a killed check has left
		return err
	}
	if err := tx.Insert(ctx, "hidden", store.Set("id", batch)); err != nil {
		return err
	}
	return s.held().Begin(ctx, tx, batch, owner)
}

func uncover(ctx context.Context, tx *store.Tx, batch string) error {
	if _, err := tx.Delete(ctx, "job", store.ByID(batch)); err != nil {
		return err
	}
	_, err := tx.Delete(ctx, "hidden", store.ByID(batch))
	return err
}
