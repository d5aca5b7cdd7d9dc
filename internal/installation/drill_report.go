package installation

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/note"

	"zhibu/internal/fault"
)

// DrillCheck is one thing that a drill looked at. Detail is a sentence in the language of whoever drilled.
type DrillCheck struct {
	Name   string `json:"name"` // kit, backup, database, keyfile, keys, checkpoint, witness, chain, rows, counts, shred_list
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// Drilled is the report of a trial restore. It is signed with the key of the audit chain, so that it can be shown to
// somebody who has the public key alone.
type Drilled struct {
	OK           bool         `json:"ok"`
	Checks       []DrillCheck `json:"checks"`
	Installation string       `json:"installation"`
	Run          string       `json:"run"`  // which backup
	Made         time.Time    `json:"made"` // when the backup was made
	At           time.Time    `json:"at"`   // when it was tried
	Took         int64        `json:"ms"`
	Members      int          `json:"members"`
	Acts         int64        `json:"acts"`
	Engine       string       `json:"engine"`
	Program      string       `json:"program"`
	Signature    string       `json:"signature"` // "" when the keys could not be opened
}

// Failed is the first check that was not passed, nil when all were.
func (d *Drilled) Failed() *DrillCheck {
	for i := range d.Checks {
		if !d.Checks[i].OK {
			return &d.Checks[i]
		}
	}
	return nil
}

// digest is what is signed: the report as JSON without its signature.
func (d Drilled) digest() (string, error) {
	d.Signature = ""
	b, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("zhibu drill\n%x\n", sha256.Sum256(b)), nil
}

func (d *Drilled) sign(signer note.Signer) error {
	text, err := d.digest()
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return fmt.Errorf("installation: sign the report: %w", err)
	}
	d.Signature = string(signed)
	return nil
}

// VerifyDrill reads a report and checks its signature against public keys (the text of audit-public-key.txt); it needs
// nothing else. Invalid when the report was changed or signed by another installation.
func VerifyDrill(r io.Reader, keys ...string) (Drilled, error) {
	var d Drilled
	b, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return d, err
	}
	in := json.NewDecoder(bytes.NewReader(b))
	in.DisallowUnknownFields() // what is not signed must not stand in it
	if err := in.Decode(&d); err != nil {
		return d, fault.New(fault.Invalid, "这个文件不是恢复演练的报告，或者已经损坏。").At("verify").Because(err)
	}
	var verifiers []note.Verifier
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return d, fault.New(fault.Invalid, "公钥文件里没有可用的公钥。").At("key").Because(err)
		}
		verifiers = append(verifiers, v)
	}
	text, err := d.digest()
	if err != nil {
		return d, err
	}
	n, err := note.Open([]byte(d.Signature), note.VerifierList(verifiers...))
	if err != nil || n.Text != text {
		return d, fault.New(fault.Conflict, "报告的签名与公钥不符：报告被改动过，或者不是这套安装签的。").Because(err)
	}
	return d, nil
}
