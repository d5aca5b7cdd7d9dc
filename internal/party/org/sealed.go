package org

import "zhibu/internal/trust/rotation"

// Sealed says what of an organisation's row is sealed under the organisation's key.
var Sealed = rotation.Sealed{Table: "org", Holder: "id", Columns: []string{"contact_phone"}}
