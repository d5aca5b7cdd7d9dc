package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"gocloud.dev/gcerrors"
	"golang.org/x/mod/sumdb/note"

	"zhibu/internal/fault"
)

// ShredsFile is the list of the destroyed as Restore lays it into the new directory.
const ShredsFile = "shredded.json"

// shredsKey is the list at the place of the backups. It is newer than any backup there, so that restoring an old one
// brings nobody back.
const (
	shredsKey  = "shredded.age"
	shredsText = "zhibu shredded\n"
)

// PutShreds lays the list of the destroyed where backups are, signed and encrypted as they are.
func (a *Archive) PutShreds(ctx context.Context, to string, list []byte) error {
	recipients, err := parseRecipients(a.Keys.Recipients())
	if err != nil {
		return err
	}
	b, err := openBucket(ctx, to, true)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := a.claim(ctx, b); err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: shredsText + string(list) + "\n"}, a.Keys.Signer())
	if err != nil {
		return fmt.Errorf("archive: sign the list of the destroyed: %w", err)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipients...)
	if err == nil {
		_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(signed))), signed...))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("archive: encrypt the list of the destroyed: %w", err)
	}
	return b.put(ctx, shredsKey, sealed.Bytes())
}

// readShreds opens the list of a bucket, nil where there is none. One that does not open stops the restore: without it
// a destroyed person could come back.
func readShreds(ctx context.Context, b *bucket, k *Kit) ([]byte, error) {
	sealed, err := b.ReadAll(ctx, shredsKey)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, b.failed(shredsKey, err)
	}
	broken := func(err error) error {
		return fault.New(fault.Unavailable, "备份位置里的销毁名单（%s）打不开，不予恢复：没有它，已经销毁的人可能回来。请换用对应的恢复包，或从别处的备份取来这个文件。", shredsKey).At("from").Because(err)
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), k.identities...)
	if err != nil {
		return nil, broken(err)
	}
	all, err := io.ReadAll(plain)
	if err != nil || len(all) < 4 || int(binary.BigEndian.Uint32(all)) != len(all)-4 {
		return nil, broken(err)
	}
	signed := all[4:]
	if k.verifier == nil { // a kit typed off paper: the text stands before the signature
		text, _, ok := bytes.Cut(signed, []byte("\n\n"))
		if !ok {
			return nil, broken(nil)
		}
		return bytes.TrimPrefix(text, []byte(shredsText)), nil
	}
	n, err := note.Open(signed, note.VerifierList(k.verifier))
	if err != nil {
		return nil, broken(err)
	}
	return bytes.TrimSpace(bytes.TrimPrefix([]byte(n.Text), []byte(shredsText))), nil
}

func layShreds(ctx context.Context, b *bucket, k *Kit, dir string) error {
	list, err := readShreds(ctx, b, k)
	if err != nil || list == nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ShredsFile), list, 0o600)
}
