package member

import (
	"zhibu/internal/trust/rotation"
	"zhibu/internal/trust/vault"
)

// Sealed says what of a member's row is sealed under the member's key, and which blind indexes follow from it.
var Sealed = rotation.Sealed{
	Table: "member", Holder: "id", Columns: []string{"id_number", "mobile", "phone", "address", "notes"},
	Indexed: []string{"id_index", "id_tail", "mobile_tail"},
	Follow: func(v *vault.Vault, plain map[string]string) []any {
		var mobileTail []byte
		if t := last4(plain["mobile"]); t != "" {
			mobileTail = tail(v, indexMobileTail, t)
		}
		return []any{v.Index(indexID, plain["id_number"]), tail(v, indexIDTail, last4(plain["id_number"])), mobileTail}
	},
}

// indexes are the blind index of an ID number under the key that writes and under the one that is being replaced, the
// same twice outside of a turning over: queries always ask for two.
func indexes(v *vault.Vault, number string) [2]any { return pair(v, indexID, number, 0) }

func tails(v *vault.Vault, index, last4 string) [2]any { return pair(v, index, last4, tailBytes) }

func pair(v *vault.Vault, index, text string, cut int) [2]any {
	now, old := v.Index(index, text), v.IndexOld(index, text)
	if old == nil {
		old = now
	}
	if cut > 0 {
		now, old = now[:cut], old[:cut]
	}
	return [2]any{now, old}
}

// SealedFacts says the same of dated facts.
var SealedFacts = rotation.Sealed{Table: "fact", Holder: "member_id", Columns: []string{"value"}}
