package view

func sampleCrumbs(last string) Page {
	return Page{Title: Say(last), Path: PathRetention, Crumbs: []Link{{Text: Say(last), URL: PathRetention}}}
}

func sampleCertificate() Certificate {
	return Certificate{Number: "01M82YNMS33TP9FFEPZTGCXEWV", Organisation: "中国共产党石桥镇委员会", Record: "01M82YNMS33TP9FFEPZTGCXABC", Class: Say("不应登记的信息"),
		Basis: Say("%s（%s）", Plain("《个人信息保护法》第四十七条"), Say("见过原文")), Reason: "同名误登，本人并非党员", Document: "石桥党发〔2026〕7 号",
		Proposed: Signed{"李文静", Say("党务工作者"), "2026-11-20 10:12"}, Approved: Signed{"周正", Say("组织部门"), "2026-11-23 09:30"}, Destroyed: Plain("2026年11月23日"),
		Steps: []Fact{{Label: Say("在这里销毁"), Value: Plain("2026-11-23 09:30")}, {Label: Say("备份中的密钥"), Value: Plain("2026年12月28日")},
			{Label: Say("范围"), Value: Say("%d 行，编号的摘要（SHA-256）%s", 14, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")}},
		Proof: []Fact{{Label: Say("操作"), Value: Plain("01M82YNMS33TP9FFEPZTGCXEWX")}, {Label: Say("根"), Value: Plain("K3q0Zr0Q0mXb9a1f7m2h0n9o1c5d8e6g4i3k2l1m0n8=")}}}
}

func sampleProcedure() Sheet {
	return Sheet{Heading: Say("销毁的办理"), Form: filled, Tags: []Tag{{Text: Say("等批准"), Kind: TagSoon}}, Parts: []SheetPart{{ID: "destruction", Title: Say("销毁的办理"),
		Facts: []Fact{{Label: Say("谁"), Value: Plain("陈秀芬"), URL: PathMember("m1")}, {Label: Say("理由"), Value: Plain("同名误登")}},
		Forms: []SheetForm{{Action: PathDestruction("d1"), Submit: Say("批准并销毁"), Main: true, Hidden: []Pair{{Name: "act", Value: "approve"}}},
			{Action: PathDestruction("d1"), Submit: Say("不批准"), Hidden: []Pair{{Name: "act", Value: "refuse"}}, Fields: []SheetField{{Kind: "area", Field: Field{Name: "answer", Label: Say("不批准的理由"), Max: 500}}}}}}}}
}
