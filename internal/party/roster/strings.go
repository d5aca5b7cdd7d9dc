package roster

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// sharedStrings are the texts of a workbook, which its cells name by number. Up to keepInMemory they lie in memory;
// what is more goes in blocks to a file in the private directory, sealed with a key that only this process has, so
// that neither a crash nor a copy of the disk leaves names and numbers behind.
type sharedStrings struct {
	ends   []uint32 // where each text ends in the sequence of all texts
	tail   []byte   // the last texts, not yet in a block
	blocks int      // full blocks in the file
	dir    string
	file   *os.File
	sealer cipher.Block
	cache  [cachedBlocks]cachedBlock
}

type cachedBlock struct {
	number int // -1: nothing
	bytes  []byte
}

const (
	keepInMemory = 32 << 20
	blockSize    = 64 << 10
	cachedBlocks = 64
)

var errTooManyStrings = errors.New("roster: the workbook has more texts than fit")

// add appends a text.
func (s *sharedStrings) add(text []byte) error {
	total := s.blocks*blockSize + len(s.tail) + len(text)
	if total > 1<<32-1 || len(s.ends) == maxStrings {
		return errTooManyStrings
	}
	s.tail = append(s.tail, text...)
	s.ends = append(s.ends, uint32(total))
	if len(s.tail) >= keepInMemory {
		return s.spill()
	}
	return nil
}

// get gives a text by its number; ok is false for a number that no text has.
func (s *sharedStrings) get(i int) (text string, ok bool, err error) {
	if i < 0 || i >= len(s.ends) {
		return "", false, nil
	}
	from, to := 0, int(s.ends[i])
	if i > 0 {
		from = int(s.ends[i-1])
	}
	spilled := s.blocks * blockSize
	if from >= spilled {
		return string(s.tail[from-spilled : to-spilled]), true, nil
	}
	out := make([]byte, 0, to-from)
	for from < to && from < spilled {
		block, err := s.block(from / blockSize)
		if err != nil {
			return "", false, err
		}
		part := block[from%blockSize : min(blockSize, from%blockSize+to-from)]
		out = append(out, part...)
		from += len(part)
	}
	if from < to {
		out = append(out, s.tail[from-spilled:to-spilled]...)
	}
	return string(out), true, nil
}

// spill writes the full blocks of the tail.
func (s *sharedStrings) spill() error {
	if s.file == nil {
		if err := s.createFile(); err != nil {
			return err
		}
	}
	full := len(s.tail) / blockSize * blockSize
	sealed := make([]byte, blockSize)
	for at := 0; at < full; at += blockSize {
		s.stream(s.blocks).XORKeyStream(sealed, s.tail[at:at+blockSize])
		if _, err := s.file.WriteAt(sealed, int64(s.blocks)*blockSize); err != nil {
			return err
		}
		s.blocks++
	}
	s.tail = s.tail[:copy(s.tail, s.tail[full:])]
	return nil
}

func (s *sharedStrings) createFile() error {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	sealer, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, "roster-*.sealed") // mode 0600
	if err != nil {
		return err
	}
	s.sealer, s.file = sealer, f
	for i := range s.cache {
		s.cache[i].number = -1
	}
	return nil
}

func (s *sharedStrings) block(n int) ([]byte, error) {
	c := &s.cache[n%cachedBlocks]
	if c.number == n {
		return c.bytes, nil
	}
	if c.bytes == nil {
		c.bytes = make([]byte, blockSize)
	}
	c.number = -1
	if _, err := s.file.ReadAt(c.bytes, int64(n)*blockSize); err != nil && err != io.EOF {
		return nil, err
	}
	s.stream(n).XORKeyStream(c.bytes, c.bytes)
	c.number = n
	return c.bytes, nil
}

// stream is AES-CTR with a counter range of its own for each block; the key is used for one file only.
func (s *sharedStrings) stream(block int) cipher.Stream {
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[:8], uint64(block))
	return cipher.NewCTR(s.sealer, iv[:])
}

// close removes the file.
func (s *sharedStrings) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if gone := os.Remove(s.file.Name()); err == nil {
		err = gone
	}
	s.file = nil
	return err
}
