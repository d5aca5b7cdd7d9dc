package archive

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

var testKey = bytes.Repeat([]byte{7}, 32)

func cutAll(t *testing.T, content []byte) [][]byte {
	t.Helper()
	c := newChunker(testKey)
	c.reset(bytes.NewReader(content))
	var out [][]byte
	for {
		chunk, err := c.next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, bytes.Clone(chunk))
	}
}

func noise(n int) []byte {
	random := rand.NewChaCha8([32]byte{1})
	b := make([]byte, n)
	random.Read(b)
	return b
}

// What stands before and after an insertion is cut as before.
func TestChunksSurviveAnInsertion(t *testing.T) {
	old := noise(4 << 20)
	changed := append(append(bytes.Clone(old[:1<<20]), []byte("一行新的")...), old[1<<20:]...)
	known := map[string]bool{}
	for _, c := range cutAll(t, old) {
		known[string(c)] = true
	}
	fresh := 0
	for _, c := range cutAll(t, changed) {
		if !known[string(c)] {
			fresh += len(c)
		}
	}
	if fresh == 0 || fresh > 3*chunkMax {
		t.Errorf("%d bytes of %d are new after an insertion", fresh, len(changed))
	}
}

func TestChunksMakeUpTheFile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		piece := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(rt, "piece")
		content := bytes.Repeat(piece, rapid.IntRange(0, 300).Draw(rt, "times"))
		var all []byte
		chunks := cutAll(t, content)
		for i, c := range chunks {
			if len(c) > chunkMax || i < len(chunks)-1 && len(c) < chunkMin {
				rt.Fatalf("chunk of %d bytes", len(c))
			}
			all = append(all, c...)
		}
		if !bytes.Equal(all, content) {
			rt.Fatal("the chunks do not make up the content")
		}
	})
}

func BenchmarkChunker(b *testing.B) {
	content := noise(16 << 20)
	h := newHasher(testKey)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		c := newChunker(testKey)
		c.reset(bytes.NewReader(content))
		for {
			chunk, err := c.next()
			if err == io.EOF {
				break
			}
			h.id(chunk)
		}
	}
}
