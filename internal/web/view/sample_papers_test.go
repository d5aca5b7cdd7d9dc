package view

func sampleArrival(pages, of int) Arrival {
	return Arrival{ID: "a1", Kind: Say("入党志愿书"), Pages: pages, Of: of, Since: "2026-11-23 15:30", Files: "/members/m1/documents"}
}

func sampleFailed(again bool) Arrival {
	a := sampleArrival(0, 0)
	a.Failed, a.Again = Say("这个 PDF 打不开：文件不完整或已损坏。请重新扫描，或者存成 JPEG 再传。"), again
	return a
}

// limited is a record that is kept and not used.
func limited(own bool) MemberPage {
	m := sampleMember()
	m.Own, m.Limited = own, &Limited{Until: on("2027-03-01"), By: "石小满", URL: "/requests/r1"}
	return m
}
