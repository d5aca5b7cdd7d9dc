package access

import (
	"context"

	"zhibu/internal/fault"
	"zhibu/internal/store"
)

// Somebody on the way into the Party may have an account before there is a record: with no role, for her own case and what she
// is told.

// checkApplicant refuses an applicant who is out of sight, has a record by now or has an account already.
func (d *Door) checkApplicant(ctx context.Context, tx *store.Tx, p *Person, id string) error {
	if id == "" {
		return nil
	}
	var path, memberID, other string
	exists, err := tx.One(ctx, "SELECT org_path, member_id FROM {applicant} WHERE id = ?", []any{id}, &path, &memberID)
	if err != nil {
		return err
	}
	if exists && p != nil {
		if _, err = p.Allow(List, Logbook, path, ""); err != nil {
			exists = false
		}
	}
	switch {
	case !exists:
		return fault.Missing().At("member")
	case memberID != "":
		return fault.New(fault.Conflict, "这个人已经有党员信息，请按党员开账号。").At("member")
	}
	taken, err := tx.One(ctx, "SELECT id FROM {account} WHERE applicant_id = ?", []any{id}, &other)
	if err == nil && taken {
		err = fault.New(fault.Conflict, "这名申请人已经有账号。").At("member")
	}
	return err
}

// Joined lets the account of an applicant be that of the member whose record the case goes on with, inside the transaction that
// does so. It gives the account, "" where there is none; Forget it once the transaction holds. A member who has an account
// already keeps it, and the applicant's belongs to nobody's record any more.
func (d *Door) Joined(ctx context.Context, tx *store.Tx, applicant, memberID string) (account string, err error) {
	all := tx.System("the account of an applicant")
	found, err := all.One(ctx, "SELECT id FROM {account} WHERE applicant_id = ?", []any{applicant}, &account)
	if err != nil || !found {
		return "", err
	}
	var other string
	has, err := all.One(ctx, "SELECT id FROM {account} WHERE member_id = ?", []any{memberID}, &other)
	if err != nil {
		return "", err
	}
	set := []store.Value{store.Set("applicant_id", "")}
	if !has {
		set = append(set, store.Set("member_id", memberID))
	}
	return account, d.touch(ctx, all, account, set...)
}
