package notice

import "zhibu/internal/trust/rotation"

// Sealed is where addresses lie that people have given.
var Sealed = rotation.Sealed{Table: "reach", Holder: "to_id", Columns: []string{"address"}}
