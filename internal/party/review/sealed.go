package review

import "zhibu/internal/trust/rotation"

// SealedOrg is where acts on organisations that wait lie under the organisations' keys.
var SealedOrg = rotation.Sealed{Table: "org_proposal", Holder: "org_id", Columns: []string{"content"}}

// Sealed is where the contents of proposals lie under the members' keys.
var Sealed = rotation.Sealed{Table: "proposal", Holder: "member_id", Columns: []string{"content"}}
