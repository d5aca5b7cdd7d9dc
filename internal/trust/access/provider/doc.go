// Package provider speaks with other sign-in services: OpenID Connect, WeCom and DingTalk. Each sends the browser to
// the service and turns what it brings back into who came; whose account that is, the door decides. Nothing is kept
// here, and no name, number or token of a person is in an error or a log.
package provider
