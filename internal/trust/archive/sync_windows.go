package archive

// syncDir does nothing: Windows has no directory to flush, NTFS journals the rename.
func syncDir(string) error { return nil }
