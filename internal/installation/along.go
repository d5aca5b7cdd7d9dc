package installation

import (
	"context"

	"zhibu/internal/party/member"
	"zhibu/internal/party/notice"
	"zhibu/internal/store"
)

// told lets notices and channels go along with a record: their room knows of no records.
type told struct{ notices *notice.Service }

func (t told) Over(ctx context.Context, tx *store.Tx, u member.Union) error {
	return t.notices.Over(ctx, tx, u.Other.ID, u.Kept.ID)
}

func (t told) Back(ctx context.Context, tx *store.Tx, u member.Union) error {
	var made []string
	for _, c := range u.Changes {
		if c.Table == "reach" && c.Op == "I" {
			made = append(made, c.RowID)
		}
	}
	return t.notices.Back(ctx, tx, u.Kept.ID, u.Other.ID, made)
}
