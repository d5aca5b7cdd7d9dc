package archive

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// A pack is an age file of chunks, each behind a head of id(16) | stored length(4) | plain length(4); a chunk whose
// stored length is shorter is compressed. Beside it lies an index, sealed with a key of the ring, from which the next
// run learns what the pack holds without the private key.

const (
	packSize = 256 << 20 // a pack is closed when it has grown beyond this
	headSize = idSize + 8
)

type packer struct {
	ctx        context.Context
	bucket     *bucket
	recipients []age.Recipient
	indexKey   cipher.AEAD
	prefix     string // data/packs/RUN
	limit      int64

	object  *object
	out     io.WriteCloser
	name    string
	entries []byte // of the open pack
	stored  int64
	made    []string
	bytes   int64

	squeeze *flate.Writer
	small   bytes.Buffer
}

func newPacker(ctx context.Context, b *bucket, recipients []age.Recipient, indexKey []byte, prefix string) (*packer, error) {
	aead, err := indexCipher(indexKey)
	if err != nil {
		return nil, err
	}
	squeeze, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	return &packer{ctx: ctx, bucket: b, recipients: recipients, indexKey: aead, prefix: prefix, limit: packSize, squeeze: squeeze}, nil
}

func indexCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// add writes a chunk and tells where it lies.
func (p *packer) add(id chunkID, chunk []byte) (holder, error) {
	if p.object == nil {
		if err := p.open(); err != nil {
			return holder{}, err
		}
	}
	p.small.Reset()
	p.squeeze.Reset(&p.small)
	if _, err := p.squeeze.Write(chunk); err != nil {
		return holder{}, err
	}
	if err := p.squeeze.Close(); err != nil {
		return holder{}, err
	}
	body := chunk
	if p.small.Len() < len(chunk) {
		body = p.small.Bytes()
	}
	var head [headSize]byte
	copy(head[:], id[:])
	binary.BigEndian.PutUint32(head[idSize:], uint32(len(body)))
	binary.BigEndian.PutUint32(head[idSize+4:], uint32(len(chunk)))
	for _, part := range [][]byte{head[:], body} {
		if _, err := p.out.Write(part); err != nil {
			return holder{}, p.bucket.failed(p.name, err)
		}
	}
	p.entries = append(p.entries, id[:]...)
	at := holder{p.name, int64(headSize + len(body))}
	p.entries = binary.BigEndian.AppendUint32(p.entries, uint32(at.stored))
	if p.stored += at.stored; p.stored >= p.limit {
		return at, p.close()
	}
	return at, nil
}

func (p *packer) open() (err error) {
	p.name = fmt.Sprintf("%s-%03d", p.prefix, len(p.made))
	p.entries, p.stored = nil, 0
	if p.object, err = p.bucket.create(p.ctx, p.name+packExt); err != nil {
		return err
	}
	if p.out, err = age.Encrypt(p.object, p.recipients...); err != nil {
		p.abort()
		return fmt.Errorf("archive: encrypt: %w", err)
	}
	return nil
}

// close completes the open pack and then its index.
func (p *packer) close() error {
	if p.object == nil {
		return nil
	}
	o := p.object
	if err := p.out.Close(); err != nil {
		p.abort()
		return p.bucket.failed(p.name, err)
	}
	p.object = nil
	if err := o.Close(); err != nil {
		return err
	}
	p.made = append(p.made, p.name)
	p.bytes += o.size
	return p.bucket.put(p.ctx, p.name+indexExt, sealIndex(p.indexKey, p.name, o.size, p.entries))
}

func (p *packer) abort() {
	if p.object != nil {
		p.object.abort()
		p.object = nil
	}
}

func sealIndex(aead cipher.AEAD, name string, size int64, entries []byte) []byte {
	plain := binary.BigEndian.AppendUint64(nil, uint64(size))
	return aead.Seal(nil, nil, append(plain, entries...), []byte(name))
}

var errIndex = errors.New("archive: pack index does not verify")

// openIndex calls each for every chunk of a pack of the given size with the bytes it takes in the pack.
func openIndex(aead cipher.AEAD, name string, size int64, sealed []byte, each func(chunkID, int64)) error {
	plain, err := aead.Open(nil, nil, sealed, []byte(name))
	if err != nil || len(plain) < 8 || (len(plain)-8)%(idSize+4) != 0 || binary.BigEndian.Uint64(plain) != uint64(size) {
		return errIndex
	}
	for e := plain[8:]; len(e) > 0; e = e[idSize+4:] {
		each(chunkID(e[:idSize]), int64(binary.BigEndian.Uint32(e[idSize:])))
	}
	return nil
}

// errPack is a pack whose content does not verify.
var errPack = errors.New("archive: pack does not verify")

// readPack decrypts a pack and calls each for every chunk; wanted says which ones to unpack. The chunk is valid
// until the next one.
func readPack(r io.Reader, identities []age.Identity, h *hasher, wanted func(chunkID) bool, each func(chunkID, []byte) error) error {
	plain, err := age.Decrypt(r, identities...)
	if err != nil {
		return fmt.Errorf("%w: %w", errPack, err)
	}
	in := bufio.NewReaderSize(plain, 1<<17)
	var head [headSize]byte
	stored, chunk := make([]byte, chunkMax), make([]byte, chunkMax)
	inflate := flate.NewReader(bytes.NewReader(nil))
	for {
		if _, err := io.ReadFull(in, head[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("%w: %w", errPack, err)
		}
		id := chunkID(head[:idSize])
		s, n := binary.BigEndian.Uint32(head[idSize:]), binary.BigEndian.Uint32(head[idSize+4:])
		if s > n || n > chunkMax {
			return errPack
		}
		if _, err := io.ReadFull(in, stored[:s]); err != nil {
			return fmt.Errorf("%w: %w", errPack, err)
		}
		if !wanted(id) {
			continue
		}
		body := stored[:s]
		if s < n {
			if err := inflate.(flate.Resetter).Reset(bytes.NewReader(stored[:s]), nil); err != nil {
				return err
			}
			if _, err := io.ReadFull(inflate, chunk[:n]); err != nil {
				return fmt.Errorf("%w: %w", errPack, err)
			}
			body = chunk[:n]
		}
		if h.id(body) != id {
			return errPack
		}
		if err := each(id, body); err != nil {
			return err
		}
	}
}
