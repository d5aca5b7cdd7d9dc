package installation

import (
	"context"
	"errors"

	"zhibu/internal/fault"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
)

// numbers are the ID numbers of accounts' holders, as access asks for them: indexed as members' are, sealed with a key
// of the account.
type numbers struct{ vault *vault.Vault }

func (n numbers) Index(number string) ([]byte, error) {
	parsed, faults := identity.ParseIDNumber(number)
	if len(faults) > 0 {
		return nil, fault.New(fault.Invalid, "公民身份号码不对，请对照身份证再填一次。").At("number")
	}
	return member.Index(n.vault, parsed), nil
}

func (n numbers) Seal(ctx context.Context, account, row, number string) ([]byte, error) {
	parsed, _ := identity.ParseIDNumber(number)
	key, err := n.vault.Person(ctx, account)
	if errors.Is(err, vault.ErrShredded) { // the first time; the key is stored before the row that needs it
		var made []*vault.Person
		if made, err = n.vault.Create(ctx, []string{account}); err == nil {
			key = made[0]
		}
	}
	if err != nil {
		return nil, err
	}
	return key.Seal("holder.number", row, []byte(parsed)), nil
}

// Turning tells whether two index keys stand: then equal numbers may have unequal indexes.
func (n numbers) Turning() bool { return n.vault.IndexOld("", "") != nil }

// sealedHolders is where those numbers lie.
var sealedHolders = rotation.Sealed{Table: "holder", Holder: "account_id", Columns: []string{"number"}, Indexed: []string{"number_index"},
	Follow: func(v *vault.Vault, plain map[string]string) []any {
		return []any{member.Index(v, identity.IDNumber(plain["number"]))}
	}}
