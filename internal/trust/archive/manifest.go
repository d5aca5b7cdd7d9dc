package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"zhibu/internal/fault"
)

const (
	format      = 1
	packExt     = ".age"
	indexExt    = ".idx"
	refsExt     = ".refs"
	manifestExt = ".manifest"
	claimKey    = "zhibu-backup.json"
	runLayout   = "20060102T150405.000000Z"
)

// set is one of the two kinds of content, with its own packs and retention.
type set string

const (
	dataSet set = "data"
	keysSet set = "keys"
)

func (s set) packs() string              { return string(s) + "/packs/" }
func (s set) runs() string               { return string(s) + "/runs/" }
func (s set) manifest(run string) string { return s.runs() + run + manifestExt }
func (s set) refs(run string) string     { return s.runs() + run + refsExt }

// manifest says what a run holds; it is signed by the installation and encrypted to the recipients.
type manifest struct {
	Format       int       `json:"format"`
	Installation string    `json:"installation"`
	Set          set       `json:"set"`
	Run          string    `json:"run"`
	Time         time.Time `json:"time"`
	Engine       string    `json:"engine"`
	Program      string    `json:"program"`
	Checkpoint   string    `json:"checkpoint,omitempty"` // newest signed checkpoint of the audit at the time
	ChunkKey     []byte    `json:"chunk_key"`
	Files        []content `json:"files"`
	Packs        []string  `json:"packs"`
}

// content is one file: its chunks in order, each as id(16) | plain length(4).
type content struct {
	Name     string `json:"name"`
	Database bool   `json:"database,omitempty"`
	Size     int64  `json:"size"`
	Chunks   []byte `json:"chunks"`
}

func (c *content) add(id chunkID, length int) {
	c.Chunks = append(c.Chunks, id[:]...)
	c.Chunks = binary.BigEndian.AppendUint32(c.Chunks, uint32(length))
	c.Size += int64(length)
}

// each calls fn for every chunk with its place in the file.
func (c *content) each(fn func(id chunkID, at int64)) error {
	var at int64
	rest := c.Chunks
	for ; len(rest) >= idSize+4; rest = rest[idSize+4:] {
		fn(chunkID(rest[:idSize]), at)
		at += int64(binary.BigEndian.Uint32(rest[idSize:]))
	}
	if len(rest) != 0 || at != c.Size {
		return errors.New("archive: the manifest's chunks do not make up the file")
	}
	return nil
}

// refs is the plain part of a run, for listing and pruning without any key. Nothing in it is about persons.
type refs struct {
	Run    string    `json:"run"`
	Time   time.Time `json:"time"`
	Engine string    `json:"engine"`
	Size   int64     `json:"size"`  // of what was copied
	Added  int64     `json:"added"` // bytes the run added
	Packs  []use     `json:"packs"`
}

// use says how many bytes of a pack a run needs; a pack that is mostly dead is written anew by the next run.
type use struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Used int64  `json:"used"`
}

func signedText(m []byte, s set, run string) string {
	return fmt.Sprintf("zhibu backup\n%s %s\n%x\n", s, run, sha256.Sum256(m))
}

// writeManifest is the last act of a run: with it the backup exists.
func writeManifest(ctx context.Context, b *bucket, m *manifest, signer note.Signer, recipients []age.Recipient) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: signedText(body, m.Set, m.Run)}, signer)
	if err != nil {
		return fmt.Errorf("archive: sign the manifest: %w", err)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipients...)
	if err != nil {
		return fmt.Errorf("archive: encrypt the manifest: %w", err)
	}
	if _, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(signed))), signed...)); err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return b.put(ctx, m.Set.manifest(m.Run), sealed.Bytes())
}

// readManifest opens a run's manifest with the kit.
func readManifest(ctx context.Context, b *bucket, s set, run string, k *Kit) (*manifest, error) {
	key := s.manifest(run)
	sealed, err := b.get(ctx, key)
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), k.identities...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return nil, fault.New(fault.Invalid, "恢复包里的密钥打不开备份 %s：恢复包属于另一套安装，或者备份用的是后来换过的密钥，也可能备份已损坏。请换用对应的恢复包，或用 --run 选择更早的一次。", run).At("recovery").Because(err)
	}
	if err != nil {
		return nil, damagedRun(run, key, err)
	}
	all, err := io.ReadAll(plain)
	if err != nil || len(all) < 4 || uint64(binary.BigEndian.Uint32(all))+4 > uint64(len(all)) {
		return nil, damagedRun(run, key, err)
	}
	end := 4 + binary.BigEndian.Uint32(all)
	signed, body := all[4:end], all[end:]
	if err := checkSignature(signed, signedText(body, s, run), k); err != nil {
		return nil, err
	}
	m := new(manifest)
	if err := json.Unmarshal(body, m); err != nil || m.Run != run || m.Set != s {
		return nil, damagedRun(run, key, err)
	}
	if m.Format > format {
		return nil, fault.New(fault.Unavailable, "备份 %s 由更新的程序写成，请用新程序恢复。", run)
	}
	return m, nil
}

func checkSignature(signed []byte, text string, k *Kit) error {
	if k.verifier == nil {
		return nil
	}
	n, err := note.Open(signed, note.VerifierList(k.verifier))
	if err == nil && n.Text == text {
		return nil
	}
	return fault.New(fault.Invalid, "备份的签名与恢复包里的公钥不符：可能不是本安装写的，或者被人替换过，不予恢复。").At("from").Because(err)
}

func damagedRun(run, key string, err error) error {
	return fault.New(fault.Unavailable, "备份 %s 已损坏（文件 %s）。请换用另一处备份，或用 --run 选择更早的一次。", run, key).Because(err)
}

// runOf gives the run of a key below runs/ with the extension, "" for another key.
func runOf(s set, key, ext string) string {
	run, ok := strings.CutSuffix(strings.TrimPrefix(key, s.runs()), ext)
	if !ok || strings.Contains(run, "/") {
		return ""
	}
	return run
}
