package archive

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"io"
	"math/rand/v2"
)

const (
	chunkMin  = 4 << 10
	chunkMax  = 64 << 10
	chunkBits = 13 // a cut every 8 KiB on average after the smallest size
	idSize    = 16
)

// chunkID names a chunk by a keyed hash of its content: equal chunks have equal ids, and without the key the id tells
// nothing.
type chunkID [idSize]byte

// hasher makes chunk ids.
type hasher struct{ mac hash.Hash }

func newHasher(key []byte) *hasher { return &hasher{hmac.New(sha256.New, key)} }

func (h *hasher) id(chunk []byte) (id chunkID) {
	h.mac.Reset()
	h.mac.Write(chunk)
	copy(id[:], h.mac.Sum(nil))
	return id
}

// chunker cuts a stream where its content says so, so that something inserted in the middle, as in a dump, changes
// only the chunks around it. Where the cuts fall depends on the key: chunk lengths shall not betray known content.
type chunker struct {
	r     io.Reader
	gear  [256]uint64
	buf   []byte
	start int
	end   int
	eof   bool
}

func newChunker(key []byte) *chunker {
	c := &chunker{buf: make([]byte, 16*chunkMax)}
	random := rand.New(rand.NewChaCha8([32]byte(key)))
	for i := range c.gear {
		c.gear[i] = random.Uint64()
	}
	return c
}

func (c *chunker) reset(r io.Reader) { c.r, c.start, c.end, c.eof = r, 0, 0, false }

// next gives the next chunk, valid until the next call, and io.EOF after the last one.
func (c *chunker) next() ([]byte, error) {
	if c.end-c.start < chunkMax && !c.eof {
		if err := c.fill(); err != nil {
			return nil, err
		}
	}
	rest := c.buf[c.start:c.end]
	if len(rest) == 0 {
		return nil, io.EOF
	}
	n := c.cut(rest)
	c.start += n
	return rest[:n], nil
}

func (c *chunker) fill() error {
	c.end = copy(c.buf, c.buf[c.start:c.end])
	c.start = 0
	n, err := io.ReadFull(c.r, c.buf[c.end:])
	c.end += n
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		c.eof, err = true, nil
	}
	return err
}

func (c *chunker) cut(b []byte) int {
	if len(b) <= chunkMin {
		return len(b)
	}
	b = b[:min(len(b), chunkMax)]
	var h uint64
	for i := chunkMin; i < len(b); i++ {
		h = h<<1 + c.gear[b[i]]
		if h>>(64-chunkBits) == 0 {
			return i + 1
		}
	}
	return len(b)
}
