package view

func lateTags(late bool) []Tag {
	if !late {
		return nil
	}
	return []Tag{{Say("已经晚了"), TagLate}}
}
