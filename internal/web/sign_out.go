package web

import "zhibu/internal/web/view"

func (s *Server) signOut(v *visit) error {
	if v.person != nil {
		if err := v.in.Access.SignedOut(v.ctx(), v.person, v.from()); err != nil {
			return err
		}
		if err := s.sessions.End(v.ctx()); err != nil {
			return err
		}
		v.person = nil
	}
	v.w.Header().Set("Clear-Site-Data", `"cache"`)
	return v.show(view.SignedOutPage(v.page(view.Say("已经退出"), ""), view.SignedOut{}))
}
