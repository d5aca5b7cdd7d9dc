package document

import "zhibu/internal/trust/rotation"

// Sealed says what of a document's row is sealed under its member's key. The pages in blob storage stay as they are
// when keys are turned over: an older data key of the member opens them.
var Sealed = rotation.Sealed{Table: "document", Holder: "member_id", Columns: []string{"title"}}
