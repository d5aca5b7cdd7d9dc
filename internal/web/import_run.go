package web

import (
	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// runImport confirms what the preview showed; the work goes on by itself.
func (s *Server) runImport(v *visit) error {
	b, err := v.batchFor(access.Run)
	if err != nil {
		return err
	}
	if _, err := v.posted(); err != nil {
		return err
	}
	err = v.in.Intake.Confirm(v.ctx(), v.actor(), b.ID)
	switch fault.Of(err) {
	case 0:
		if err != nil {
			return err
		}
		return v.to(view.PathImport(b.ID))
	case fault.Invalid:
		return v.previewAgain(b, err)
	case fault.Conflict: // a second press: where it stands now says the rest
		return v.to(view.PathImport(b.ID))
	}
	return err
}

// discardImport throws an upload away.
func (s *Server) discardImport(v *visit) error {
	b, err := v.batchFor(access.Run)
	if err != nil {
		return err
	}
	if _, err := v.posted(); err != nil {
		return err
	}
	err = v.in.Intake.Discard(v.ctx(), v.actor(), b.ID)
	if fault.Of(err) == fault.Conflict {
		return v.to(view.PathImport(b.ID))
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("上传的表已经销毁，没有写入任何内容。"))
	return v.to(view.PathImports)
}

// undoImport takes a whole batch back.
func (s *Server) undoImport(v *visit) error {
	b, err := v.batchFor(access.Undo)
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	err = v.in.Intake.Undo(v.ctx(), v.actor(), b.ID, said(values, "reason"))
	if err == nil {
		v.done(words.Mark("已经整批撤回，名册恢复到导入以前。"))
		return v.to(view.PathImport(b.ID))
	}
	if !wrong(err) {
		return err
	}
	f := v.form(values)
	f.Problems = []view.Problem{v.problem(err, at{"reason": "reason"})}
	return v.showResult(b, f, err)
}
