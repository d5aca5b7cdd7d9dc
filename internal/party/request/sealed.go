package request

import "zhibu/internal/trust/rotation"

// Sealed says what of a request's row is sealed under its member's key.
var Sealed = rotation.Sealed{Table: "request", Holder: "member_id", Columns: []string{"content", "answer"}}
