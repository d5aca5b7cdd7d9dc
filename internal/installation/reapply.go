package installation

import (
	"context"

	"zhibu/internal/fault"
)

// again is something that has to be done once more with restored data before anybody may see it. do gives a sentence
// for the report of a drill, in the language of the context.
type again struct {
	name string // of the check in the report
	do   func(ctx context.Context, in *Installation) (detail string, err error)
}

// afterRestore is done in order by every restore and by every drill. Whatever must not come back with an old backup
// has its line here.
var afterRestore = []again{}

// reapply does it; told hears of each.
func (in *Installation) reapply(ctx context.Context, told func(name, detail string, err error)) (err error) {
	defer fault.Wrap(&err, "installation: after a restore")
	for _, a := range afterRestore {
		detail, err := a.do(ctx, in)
		told(a.name, detail, err)
		if err != nil {
			return err
		}
	}
	return nil
}
