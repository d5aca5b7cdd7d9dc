package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// Whole files, such as an uploaded sheet, lie on disk as age files to a key of the ring. The name they are kept
// under is sealed in front, so that one sealed file cannot stand in for another.

// SealStream seals what is written for a name, at most 65,535 bytes long. Close completes the file; one that was not
// closed does not open.
func (v *Vault) SealStream(w io.Writer, name string) (io.WriteCloser, error) {
	if len(name) > 1<<16-1 {
		return nil, errors.New("vault: the name of a sealed file is too long")
	}
	out, err := age.Encrypt(w, v.opened.Load().files.Recipient())
	if err != nil {
		return nil, fmt.Errorf("vault: seal a file: %w", err)
	}
	front := binary.BigEndian.AppendUint16(nil, uint16(len(name)))
	if _, err := out.Write(append(front, name...)); err != nil {
		return nil, fmt.Errorf("vault: seal a file: %w", err)
	}
	return out, nil
}

// OpenStream reads what SealStream sealed for the name. A file that was cut or changed gives an error while it is
// read: nothing that was read before io.EOF may be trusted as whole.
func (v *Vault) OpenStream(r io.Reader, name string) (io.Reader, error) {
	in, err := age.Decrypt(r, v.opened.Load().files)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTampered, err)
	}
	front := make([]byte, 2+len(name))
	if _, err := io.ReadFull(in, front); err != nil || !frontOf(front, name) {
		return nil, ErrTampered
	}
	return in, nil
}

// OpenStreamAt is OpenStream with random access and the plain size, as a workbook's reader needs it, without a
// readable copy on disk.
func (v *Vault) OpenStreamAt(r io.ReaderAt, size int64, name string) (*io.SectionReader, error) {
	in, plain, err := age.DecryptReaderAt(r, size, v.opened.Load().files)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTampered, err)
	}
	front := make([]byte, 2+len(name))
	if plain < int64(len(front)) {
		return nil, ErrTampered
	}
	if _, err := in.ReadAt(front, 0); (err != nil && err != io.EOF) || !frontOf(front, name) {
		return nil, ErrTampered
	}
	return io.NewSectionReader(in, int64(len(front)), plain-int64(len(front))), nil
}

func frontOf(front []byte, name string) bool {
	return int(binary.BigEndian.Uint16(front)) == len(name) && string(front[2:]) == name
}
