// Package channel has the ways to tell people outside (notice.Channel): a gateway for short messages and one for e-mail, both by
// JSON over HTTP in whatever form the gateway wants, WeCom and DingTalk. Secrets lie in files of their own, and no error shows
// an address, a person or a secret.
package channel
