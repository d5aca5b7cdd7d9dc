package admission

import (
	"context"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/store"
)

// Found is a case with whom it is about and where.
type Found struct {
	Case
	Person duty.Course
	At     org.Organisation
}

// Find works out the case of a member or an applicant whom the reader sees; fault.NotFound for anybody else. Duties read
// the branch, all is a reader of the whole tree.
func Find(ctx context.Context, duties *duty.Service, r, all store.Reader, id string, day civil.Date) (f Found, err error) {
	var at string
	found, err := r.One(ctx, "SELECT org_path FROM {member} WHERE id = ? UNION ALL SELECT org_path FROM {applicant} WHERE id = ?", []any{id, id}, &at)
	if err == nil && !found {
		err = fault.Missing()
	}
	if err != nil {
		return f, err
	}
	if f.At, err = org.ByPath(ctx, all, at); err != nil {
		return f, err
	}
	people, book, err := duties.Courses(ctx, r, f.At)
	if err != nil {
		return f, err
	}
	for _, p := range people {
		if p.ID == id {
			f.Person, f.Case = p, Of(book, p.Events, day)
			return f, nil
		}
	}
	return f, fault.Missing()
}
