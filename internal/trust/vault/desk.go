package vault

import (
	"crypto/rand"
	"sync"
)

// desk is what sealing one value borrows. Nonces are public and only have to be unlike each other, so they are drawn
// from the system's generator a page at a time. A key sees a few thousand of them in its life, far from where 96
// random bits could meet twice.
type desk struct {
	nonces [nonceSize * 340]byte
	next   int
	place  []byte
}

var desks = sync.Pool{New: func() any { return &desk{next: nonceSize * 340} }}

func (d *desk) appendNonce(dst []byte) []byte {
	if d.next == len(d.nonces) {
		rand.Read(d.nonces[:])
		d.next = 0
	}
	dst = append(dst, d.nonces[d.next:d.next+nonceSize]...)
	d.next += nonceSize
	return dst
}
