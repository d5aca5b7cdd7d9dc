// Package api is the programming interface of an installation, /api/v1: the same use cases, scope and rights as the
// pages, for a bearer token. routes.go reads as the table of contents; what a role may see of a record is decided in
// one encoder (member.go); errors are problems of RFC 9457 that name the field and the rule, in the caller's language.
// A write with an Idempotency-Key is done once. /api/v1/openapi.json is made from this code. Cookies open nothing here.
package api
