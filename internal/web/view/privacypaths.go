package view

import "net/url"

// The addresses of privacy: what a member asks for, retention and destruction, keys, the register of fields.
const (
	PathMyData     = "/me/data"      // GET; POST act=ask with kind, content; act=withdraw with id
	PathMyCopy     = "/me/copy"      // GET, everything kept about oneself, to print
	PathMyCopyFile = "/me/copy.json" // GET, the same for a program
	PathRequests   = "/requests"     // GET
	PathRetention  = "/retention"    // GET
	PathKeys       = "/keys"         // GET; POST act=rotate|reseal with algorithm
	PathRegister   = "/register"     // GET; #KEY names a field
)

// PathRequest is one request: GET; POST act=grant|refuse with answer, until.
func PathRequest(id string) string { return PathRequests + "/" + url.PathEscape(id) }

// PathDestruction is one procedure, at its end the certificate: GET; POST act=approve|refuse|withdraw with answer.
func PathDestruction(id string) string { return PathRetention + "/" + url.PathEscape(id) }

// PathField is a field's entry in the register.
func PathField(key string) string { return PathRegister + "#" + url.PathEscape(key) }
