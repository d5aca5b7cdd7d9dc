package web

import "zhibu/internal/web/view"

// routes is the table of contents. open pages are for everybody, signed ones for who has signed in, slow ones take in
// or give out files.
func (s *Server) routes() {
	s.enterRoutes()
	s.ownRoutes()
	s.open("/", missing)
}

// enterRoutes: coming in, going out, how pages look.
func (s *Server) enterRoutes() {
	s.open("GET "+view.PathSignIn, s.showSignIn)
	s.open("POST "+view.PathSignIn, s.signIn)
	s.open("GET "+view.PathSlip, s.showSlip)
	s.open("POST "+view.PathSlip, s.signInBySlip)
	s.open("GET "+view.PathPassword, s.showPassword)
	s.open("POST "+view.PathPassword, s.setPassword)
	s.open("POST "+view.PathSignOut, s.signOut)
	s.open("GET "+view.PathDisplay, s.showDisplay)
	s.open("POST "+view.PathDisplay, s.changeDisplay)
}

// ownRoutes: what concerns oneself.
func (s *Server) ownRoutes() {
}
