package document

import (
	"context"
	"strings"
)

// Discard destroys the pages of documents whose rows are gone. An unreachable storage is no error: without the
// member's key nobody reads the pages, and Sweep removes them later.
func (s *Service) Discard(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	for _, id := range ids {
		if s.Spool == "" {
			break
		}
		if err := s.drop(id); err != nil { // originals that wait
			return err
		}
	}
	place, err := s.Storage(ctx)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	for _, id := range ids {
		objects, err := place.List(ctx, id+"/")
		if err != nil {
			return nil //nolint:nilerr // see above
		}
		for key := range objects {
			if !strings.HasPrefix(key, id+"/") {
				key = id + "/" + key
			}
			if err := place.Remove(ctx, key); err != nil {
				return nil //nolint:nilerr // see above
			}
		}
	}
	return nil
}
