package installation

import (
	"slices"
	"testing"

	"zhibu/internal/store"
	"zhibu/internal/store/storetest"
)

// digests are columns of bytes that no holder's key has sealed, and that stay right when keys are turned over.
var digests = map[string][]string{
	"document": {"digest"}, "passkey": {"public_key"}, "identity": {"number"},
}

// TestEverySealedColumnIsTurnedOver: a column of bytes that stands nowhere would be left under old keys for ever, and
// a blind index would find nobody any more. Sealed values belong into Sealed (a room's rotation.Sealed). A digest must
// come from a key that is not turned over (Vault.MAC, Vault.Derive) and belongs into digests, or follow, as member's do.
func TestEverySealedColumnIsTurnedOver(t *testing.T) {
	db := storetest.Open(t, store.Config{Dir: t.TempDir()})
	have := db.ByteColumns()
	for table, columns := range have {
		known := slices.Clone(digests[table])
		for _, s := range Sealed {
			if s.Table == table {
				known = append(append(known, s.Columns...), s.Indexed...)
			}
		}
		for _, c := range columns {
			if !slices.Contains(known, c) {
				t.Errorf("%s.%s is neither turned over nor known as a digest", table, c)
			}
		}
	}
	for _, s := range Sealed {
		for _, c := range append(append(slices.Clone(s.Columns), s.Indexed...), s.Holder) {
			if !slices.Contains(db.Columns(s.Table), c) {
				t.Errorf("%s has no column %s", s.Table, c)
			}
		}
	}
}
