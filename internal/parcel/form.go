package parcel

import (
	"errors"
	"io"
	"mime/multipart"
)

// Form is an upload that is read as it comes: its fields, and its files one after the other, without lying on disk.
type Form struct {
	Reader *multipart.Reader
	Name   string                          // of the fields that are files
	Limit  int64                           // of the bytes of all other fields together
	Field  func(name, text string) error   // told each field that stands before the next file
	Broken func(error) error               // words a form that cannot be read
	Chosen func(part *multipart.Part) bool // whether a part is a file, or an input in which nothing was chosen; nil: it is one
	size   int64
}

// ErrLong is the cause of a form whose fields are longer than its limit.
var ErrLong = errors.New("parcel: the fields of a form are too long")

// Next reads up to the next file; nil after the last.
func (f *Form) Next() (*multipart.Part, error) {
	for {
		part, err := f.Reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, f.Broken(err)
		}
		if part.FormName() == f.Name {
			if f.Chosen != nil && !f.Chosen(part) {
				continue
			}
			return part, nil
		}
		b, err := io.ReadAll(io.LimitReader(part, f.Limit-f.size+1))
		if f.size += int64(len(b)); err == nil && f.size > f.Limit {
			err = ErrLong
		}
		if err != nil {
			return nil, f.Broken(err)
		}
		if err := f.Field(part.FormName(), string(b)); err != nil {
			return nil, err
		}
	}
}

// Files reads up to the first file, so that the fields before it are known, and gives the files one after the other,
// io.EOF after the last.
func (f *Form) Files() (next func() (*multipart.Part, error), err error) {
	waiting, err := f.Next()
	return func() (*multipart.Part, error) {
		part := waiting
		if waiting = nil; part == nil {
			var err error
			if part, err = f.Next(); err != nil {
				return nil, err
			}
		}
		if part == nil {
			return nil, io.EOF
		}
		return part, nil
	}, err
}
