package review

import "zhibu/internal/trust/rotation"

// Sealed is where the contents of proposals lie under the members' keys.
var Sealed = rotation.Sealed{Table: "proposal", Holder: "member_id", Columns: []string{"content"}}
