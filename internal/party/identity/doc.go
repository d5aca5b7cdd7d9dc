// Package identity reads the numbers and codes by which the State knows people and organisations: the citizen ID
// number (GB 11643), the unified social credit code (GB 32100), sex (GB/T 2261.1), ethnicity (GB/T 3304),
// education (GB/T 4658), and the few words a roster uses for member category, registry status and yes/no.
// Every parser takes what people type, full-width characters included, and answers with a code or «unknown»;
// none guesses, none keeps anything, none knows a database.
package identity
