package view

func signInAction(v SignIn) string {
	switch {
	case v.Slip:
		return PathSlip
	case v.Key != nil:
		return PathPasskey
	}
	return PathSignIn
}

// backUnless leaves the way back out of a form that must be finished first.
func backUnless(must bool, back string) string {
	if must {
		return ""
	}
	return back
}
