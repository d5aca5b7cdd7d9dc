package api

import "github.com/danielgtaylor/huma/v2"

// routes is the table of contents. get reads, act writes: an act takes an Idempotency-Key, takes part in the ledger
// and, where it changes something that is there, names the version it saw.
func (s *server) routes() {
	s.meRoutes()
	s.inboxRoutes()
	s.organisationRoutes()
	s.memberRoutes()
	s.reviewRoutes()
	s.stewardRoutes()
	s.ruleRoutes()
	s.dutyRoutes()
	s.duesRoutes()
	s.voteRoutes()
	s.meetingRoutes()
	s.documentRoutes()
	s.importRoutes()
	s.takenOutRoutes()
	s.accountRoutes()
	s.rightsRoutes()
	s.retentionRoutes()
	s.eventRoutes()
}

func get(tag, path, id, summary, description string) huma.Operation {
	return huma.Operation{Method: "GET", Path: path, OperationID: id, Summary: summary, Description: description, Tags: []string{tag}}
}

func act(tag, method, path, id, summary, description string) huma.Operation {
	return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Description: description, Tags: []string{tag}}
}

// created answers 201.
func created(op huma.Operation) huma.Operation {
	op.DefaultStatus = 201
	return op
}

// Oneself.
func (s *server) meRoutes() {
	route(s, get("me", "/me", "get-me", "Whom the token speaks for", "The account, its roles in force and what they allow."), getMe)
	route(s, get("me", "/me/copy", "get-own-copy", "Everything kept about oneself", "P-09: every field with its source, events, dated facts, documents, who looked, what was asked and doubted. With whole numbers; that it was taken is recorded."), getOwnCopy)
	route(s, get("me", "/me/looks", "list-own-looks", "Who looked at the own record", "The newest first; nothing for an account without a record."), listOwnLooks)
	route(s, get("me", "/me/tokens", "list-tokens", "One's own tokens", "Without their texts, the newest first."), listTokens)
	op := act("me", "DELETE", "/me/tokens/{id}", "revoke-token", "Take a token back", "Ends one of one's own tokens; ending it twice is no error.")
	op.DefaultStatus = 204
	route(s, op, revokeToken)
	route(s, get("me", "/purposes", "list-purposes", "Purposes to choose from", "For which data may be shown in full or taken out."), listPurposes)
}

// What the caller is told.
func (s *server) inboxRoutes() {
	const tag = "inbox"
	route(s, get(tag, "/inbox", "list-inbox", "What one is told", "通知: one's own, the newest first. Listing marks nothing as read."), listInbox)
	route(s, act(tag, "POST", "/inbox/{id}/read", "read-notice", "Mark one as read", "Twice is no error."), readNotice)
	op := scoped(act(tag, "POST", "/inbox/read", "read-inbox", "Mark everything as read that was seen", "What came later stays unread."))
	op.DefaultStatus = 204
	route(s, op, readInbox)
	route(s, get(tag, "/inbox/channels", "list-own-channels", "How one is told outside", "The channels of the installation, each as the caller has it; none where there are none."), listWays)
	route(s, act(tag, "PATCH", "/inbox/channels/{id}", "choose-own-channel", "Choose a channel", "Switch one on or off, and say where. The inbox cannot be switched off."), chooseWay)
}

// Organisations.
func (s *server) organisationRoutes() {
	const tag = "organisations"
	route(s, scoped(get(tag, "/organisations", "list-organisations", "Organisations in scope", "In the order of the tree, abolished ones too; with q the likeliest ones.")), listOrganisations)
	route(s, get(tag, "/organisations/{id}", "get-organisation", "One organisation", "One that is out of scope is answered as one that does not exist."), getOrganisation)
	route(s, planned(act(tag, "POST", "/organisations", "establish-organisation", "Set one up", "设立. Below a superior in the caller's scope; answers with the superior.")), establishOrganisation)
	route(s, planned(act(tag, "PATCH", "/organisations/{id}", "change-organisation", "Change its facts", "Unit, credit code and contact; what is absent stays.")), changeOrganisation)
	route(s, planned(act(tag, "POST", "/organisations/{id}/rename", "rename-organisation", "Rename", "更名, a dated act.")), renameOrganisation)
	route(s, planned(act(tag, "POST", "/organisations/{id}/name", "name-organisation", "Enter an earlier name late", "补记以前的名称, for a period in which no other name is known; it is marked as late.")), nameOrganisation)
	route(s, planned(act(tag, "POST", "/organisations/{id}/move", "move-organisation", "Move", "调整隶属关系: it goes under another superior with everything below it, in one transaction.")), moveOrganisation)
	route(s, planned(act(tag, "POST", "/organisations/{id}/abolish", "abolish-organisation", "Abolish", "撤销. Refused while it has members or living inferiors.")), abolishOrganisation)
	route(s, planned(act(tag, "POST", "/organisations/{id}/merge", "merge-organisation", "Merge into another", "并入: members and inferiors go over, posts end, the successor is named; one transaction.")), mergeOrganisation)
	route(s, planned(act(tag, "POST", "/organisations/{id}/split", "split-organisation", "Set one up out of it", "分设: a new organisation beside it with the named members or inferiors.")), splitOrganisation)
	route(s, planned(act(tag, "POST", "/organisations/{id}/reopen", "reopen-organisation", "Take an abolition back", "恢复, as a new dated act.")), reopenOrganisation)
	route(s, get(tag, "/organisations/{id}/history", "list-organisation-history", "Its history", "Dated acts, the latest first."), listOrgHistory)
	route(s, get(tag, "/organisations/{id}/headcount", "get-headcount", "Head counts", "Members at and below it by category, sex and age."), getHeadcount)
	route(s, get(tag, "/organisations/{id}/posts", "list-posts", "Posts and holders", "By rank; with all=true past ones too."), listPosts)
	route(s, planned(act(tag, "POST", "/organisations/{id}/posts", "add-post", "Put somebody into a post", "任职, a dated act.")), addPost)
	route(s, planned(act(tag, "POST", "/posts/{id}/end", "end-post", "Take somebody out of a post", "离任, a dated act.")), endPost)
}

// Members.
func (s *server) memberRoutes() {
	const tag = "members"
	route(s, scoped(get(tag, "/members", "list-members", "Members in scope", "By branch and then by the name's pinyin, each with the fields that the caller's role may see. A list is not recorded as a look.")), listMembers)
	route(s, get(tag, "/members/{id}", "get-member", "One record", "It is recorded that the caller opened it, and its member sees that. One that is out of scope is answered as one that does not exist."), getMember)
	route(s, created(act(tag, "POST", "/members", "add-member", "Add a member", "登记. Name, ID number, category, day of joining and branch are needed.")), addMember)
	route(s, reviewed(act(tag, "PATCH", "/members/{id}", "mend-member", "Mend facts", "更正. Fields that are absent stay; an empty text clears.")), mendMember)
	route(s, reviewed(act(tag, "POST", "/members/{id}/move", "move-member", "Move to another branch", "调整支部, within the caller's scope.")), moveMember)
	route(s, reviewed(act(tag, "POST", "/members/{id}/end", "end-member", "Take off the register", "Death, leaving, removal; with the decision and its day. The record stays.")), endMember)
	route(s, reviewed(act(tag, "POST", "/members/{id}/restore", "restore-member", "Put back on the register", "恢复.")), restoreMember)
	route(s, act(tag, "POST", "/members/{id}/reveal", "reveal-member", "Show sealed fields in full", "Recorded before anything is shown; the member sees who, when and for what. Takes no Idempotency-Key: every look is one."), revealMember)
	route(s, get(tag, "/members/{id}/sources", "list-sources", "Where each fact comes from", "Who entered it, when, why and from what. Counts as opening the record."), listSources)
	route(s, get(tag, "/members/{id}/history", "list-member-history", "Dated events", "Admission, confirmation, moves, endings; the latest first. Counts as opening the record."), listMemberHistory)
	route(s, reviewed(act(tag, "POST", "/members/{id}/unite", "unite-members", "Make one record of two of one person", "Proposes it; a reviewer above both records approves. No value is dropped; the other record ends and stays readable. Can be undone.")), uniteMembers)
	route(s, reviewed(act(tag, "POST", "/members/{id}/separate", "separate-members", "Make two records of one again", "Proposes it, on the record that was ended: both become what they were, unless one has been changed since.")), separateMembers)
	route(s, get(tag, "/members/{id}/facts", "list-facts", "Dated facts", "Earlier values, honours, jobs, trainings, care and hardship that the caller's role may see; retired ones too. Counts as opening the record."), listFacts)
	route(s, reviewedAs("Fact", created(act(tag, "POST", "/members/{id}/facts", "add-fact", "Enter a dated fact", "Or correct one, which retires it and puts another in its place. It waits for a second person, unless the caller has entered the record and nobody has reviewed that yet. Nobody enters facts of the own record."))), addFact)
	route(s, reviewedAs("Fact", act(tag, "POST", "/members/{id}/retire-fact", "retire-fact", "Take a dated fact back", "Waits for a second person like entering one. It stays readable as what was believed.")), retireFact)
	route(s, get(tag, "/members/{id}/still-right", "get-questions", "Which facts are still right?", "What has not been confirmed for the months of K-11: of the own record, or of one that the caller answers for. What a change waits for is not asked. Counts as opening the record."), getQuestions)
	route(s, act(tag, "POST", "/members/{id}/still-right", "affirm-facts", "Say that facts are still right", "还对. Written down with who said it; asked again after the months of K-11. Saying it twice is the same as once. Answers with what is still asked."), affirmFacts)
	route(s, reviewed(act(tag, "POST", "/members/{id}/changed", "change-facts", "Say what facts are now", "不对. Of the own record a request that the branch confirms, of another one a correction that waits for a second person.")), changeFacts)
	route(s, get(tag, "/members/{id}/looks", "list-looks", "Who looked at the record", "The newest first."), listLooks)
	route(s, get(tag, "/members/{id}/access", "list-seers", "Who may see the record, and why", "Every account with every grant and rule, the nearest first."), listSeers)
}

// What waits for a second person.
func (s *server) reviewRoutes() {
	const tag = "reviews"
	route(s, scoped(get(tag, "/reviews", "list-reviews", "What waits for a second person", "Proposed changes first, the oldest of each branch before, then records that nobody has reviewed. With state also what was returned, approved or withdrawn.")), listReviews)
	route(s, get(tag, "/reviews/{id}", "get-review", "One review", "Old and new side by side. Counts as opening the record."), getReview)
	route(s, act(tag, "POST", "/reviews/{id}/approve", "approve-review", "Approve", "通过. The change becomes a fact as it was shown. Never by whoever entered it, nor by the member, by whatever account."), decided(approveReview))
	route(s, act(tag, "POST", "/reviews/{id}/return", "return-review", "Return with the reason", "退回. It goes back to whoever entered it."), decided(returnReview))
	route(s, act(tag, "POST", "/reviews/{id}/correct", "correct-review", "Correct what waits", "By a reviewer: whoever entered it, or another reviewer, then confirms. By whoever entered it: handed in again, mended."), correctReview)
	route(s, act(tag, "POST", "/reviews/{id}/withdraw", "withdraw-review", "Take a proposal back", "撤回, by whoever made it."), decided(withdrawReview))
	route(s, scoped(get(tag, "/organisation-reviews", "list-organisation-reviews", "Acts on organisations that wait", "Setting up, renaming, moving, merging, dividing, abolishing and reopening wait for a second person above everything that changes. The oldest first.")), listOrgReviews)
	route(s, get(tag, "/organisation-reviews/{id}", "get-organisation-review", "One of them", "What it does, how things stood when it was proposed, and why it cannot be done where the tree has changed."), getOrgReview)
	route(s, act(tag, "POST", "/organisation-reviews/{id}/approve", "approve-organisation-review", "Do it", "通过. Every rule is asked again as the tree stands; never by whoever proposed it, by whatever account."), decidedOrg(approveOrgReview))
	route(s, act(tag, "POST", "/organisation-reviews/{id}/return", "return-organisation-review", "Return it with the reason", "退回. Handed in again, mended, it stands for the returned one."), decidedOrg(returnOrgReview))
	route(s, act(tag, "POST", "/organisation-reviews/{id}/withdraw", "withdraw-organisation-review", "Take it back", "撤回, by whoever proposed it."), decidedOrg(withdrawOrgReview))
	route(s, created(act(tag, "POST", "/members/{id}/corrections", "ask-correction", "Ask for a correction of one's own record", "更正申请. The branch confirms it as it was typed.")), askCorrection)
	route(s, act(tag, "POST", "/imports/{id}/approve-clean", "approve-clean-rows", "Approve an import's clean rows together", "Rows without a warning that nobody has changed since. It goes on by itself; poll GET on the same address. Asking twice does no harm."), approveClean)
	route(s, get(tag, "/imports/{id}/approve-clean", "get-clean-approval", "How far that is", "404 before anybody has begun."), cleanApproval)
}

// Who answers for what.
func (s *server) stewardRoutes() {
	const tag = "stewards"
	route(s, get(tag, "/organisations/{id}/stewards", "list-stewards", "Who answers for what", "For every kind of field the steward and the reviewer by post, and who holds the posts that day; where nobody does, the next organisation above answers."), listStewards)
	route(s, created(act(tag, "POST", "/organisations/{id}/stewards", "set-steward", "Decide who answers", "For the organisation and everything below it, from a day on.")), setSteward)
	route(s, act(tag, "POST", "/stewards/{id}/end", "end-steward", "End a decision", "What held before stays readable."), endSteward)
	route(s, get(tag, "/organisations/{id}/quality", "get-quality", "How the data stand", "Completeness, what may have grown old, disputes and their causes, what waits; at and below the organisation."), getQuality)
	route(s, get(tag, "/organisations/{id}/still-right", "list-questions", "Which facts of its members are still right?", "What the branch answers for, and everything of members whom it cares for or who have no account; the oldest of each branch first."), listQuestions)
	const doubts = "disputes"
	route(s, get(doubts, "/disputes", "list-disputes", "Facts in dispute", "In the order in which they were raised; without texts."), listDisputes)
	route(s, get(doubts, "/disputes/{id}", "get-dispute", "One dispute", "With its texts. Counts as opening the record."), getDispute)
	route(s, created(act(doubts, "POST", "/members/{id}/disputes", "raise-dispute", "Doubt a fact", "异议. By the member of her own record, or by whoever sees the field. It goes to the steward of that kind of field, with a day for the answer.")), raiseDispute)
	route(s, created(act(doubts, "POST", "/organisations/{id}/disputes", "raise-organisation-dispute", "Doubt an organisation's data", "异议. About its name, superior, unit, contact or posts. It goes to the steward of organisations' data.")), raiseOrgDispute)
	route(s, act(doubts, "POST", "/disputes/{id}/settle", "settle-dispute", "Answer a dispute", "By the steward, or by somebody above; never by whoever raised it nor the member."), settleDispute)
	route(s, act(doubts, "POST", "/disputes/{id}/withdraw", "withdraw-dispute", "Take one's own dispute back", "撤回."), withdrawDispute)
}

// What happened, and what is due because of it.
func (s *server) dutyRoutes() {
	const book, tag = "entries", "duties"
	route(s, scoped(get(book, "/entries", "list-entries", "Dated facts", "台账: the newest entered first.")), listEntries)
	route(s, get(book, "/entries/{id}", "get-entry", "One dated fact", "Also one that was corrected or withdrawn."), getEntry)
	route(s, scoped(created(act(book, "POST", "/entries", "add-entries", "Enter a dated fact", "登记: of a branch, or the same of several people. Whether it keeps the rules is not asked; what breaks one is told by GET /organisations/{id}/standing."))), addEntries)
	route(s, act(book, "POST", "/entries/{id}/correct", "correct-entry", "Put another in its place", "更正: kind and person stay; the old one stays in the history."), correctEntry)
	route(s, act(book, "POST", "/entries/{id}/withdraw", "withdraw-entry", "Take it back", "撤回: it stays in the history with the reason."), withdrawEntry)
	route(s, get(book, "/organisations/{id}/applicants", "list-applicants", "Who is on the way into the Party", "Those on no register yet."), listApplicants)
	route(s, created(act(book, "POST", "/organisations/{id}/applicants", "name-applicant", "Name somebody on the way into the Party", "Steps of the admission are then entered under the identifier.")), nameApplicant)
	route(s, scoped(get(tag, "/duties", "list-duties", "What is due", "Computed from the facts on the day asked about, in the order of the tree. A page may hold fewer items than asked for, or none; go on while next is given. A caller without a post is told her own.")), listDuties)
	route(s, get(tag, "/admissions/{id}", "get-admission", "Somebody's way into the Party", "发展党员: every step with how it stands, computed from the dated facts and the register. The identifier is that of a member or an applicant."), getAdmission)
	route(s, act(tag, "POST", "/admissions/{id}/steps", "take-admission-step", "Take a step of somebody's way", "The branch takes its own steps, the committee above what it decides; the assembly's by a vote. A late step waits for a second person."), takeAdmissionStep)
	route(s, act(tag, "POST", "/admissions/{id}/votes", "open-admission-vote", "Have the assembly's vote counted", "Two people then enter the count; what it comes to is the step."), openAdmissionVote)
	s.admissionRoutes()
	route(s, get(tag, "/organisations/{id}/standing", "get-standing", "What the facts come to", "Rules that recorded facts break, and what everybody is."), getJudged)
	route(s, scoped(created(act(tag, "POST", "/waivers", "waive-duty", "Waive or postpone a duty", "免除或推迟, by an organisation above, with the reason. The duty goes on being shown with it."))), waiveDuty)
	op := act(tag, "POST", "/waivers/{id}/withdraw", "unwaive-duty", "Take such a decision back", "The duty is what the rules say again.")
	op.DefaultStatus = 204
	route(s, op, unwaiveDuty)
	route(s, get(tag, "/organisations/{id}/helps", "list-helps", "Help that was offered", "协助补开: at and below the organisation, open ones first, the newest of each first."), listHelps)
	route(s, created(act(tag, "POST", "/organisations/{id}/helps", "offer-help", "Offer a branch help", "协助补开: by an organisation above, with something that is due there. Whoever answers for the branch is told; there is one open offer for a duty.")), offerHelp)
	route(s, get(tag, "/helps/{id}", "get-help", "One offer of help", "As both sides see it."), getHelp)
	route(s, act(tag, "POST", "/helps/{id}/close", "close-help", "Close it", "办结或结束, by either side; the other side is told."), closeHelp)
}

// People on their way into the Party, beside their steps.
func (s *server) admissionRoutes() {
	const tag = "duties"
	quiet := func(op huma.Operation) huma.Operation {
		op.DefaultStatus = 204
		return op
	}
	route(s, get(tag, "/organisations/{id}/admissions", "list-admissions", "Who is on the way into the Party in a branch", "发展党员: where each case stands, what comes next and who acts, computed."), listAdmissions)
	route(s, get(tag, "/admissions/{id}/records", "list-admission-records", "What was written down with the steps", "In the order of entry, with what waits and what was returned."), listAdmissionRecords)
	route(s, quiet(act(tag, "POST", "/admission-records/{id}/decide", "decide-admission-record", "Look at a late or corrected step as the second person", "核对: never by whoever entered it, by whatever account.")), decideAdmissionRecord)
	route(s, quiet(act(tag, "POST", "/admission-records/{id}/correct", "correct-admission-record", "Put another in its place", "更正: it waits for a second person. A counted vote is not corrected.")), correctAdmissionRecord)
	route(s, quiet(act(tag, "POST", "/admission-records/{id}/withdraw", "withdraw-admission-record", "Say that a step was not taken", "撤回: it waits for a second person.")), withdrawAdmissionRecord)
	route(s, get(tag, "/admissions/{id}/objections", "list-objections", "What was said against a public notice", "公示期间反映的情况: to the committee above alone."), listObjections)
	route(s, quiet(act(tag, "POST", "/objections/{id}/answer", "answer-objection", "Say what came of it", "By the committee above.")), answerObjection)
	route(s, act(tag, "POST", "/admissions/{id}/move", "move-admission", "Let another branch go on with a case", "D-08: the time counts on. By an organisation above both."), moveAdmission)
	route(s, act(tag, "POST", "/admissions/{id}/join", "join-admission", "Let a case go on with the record of a member", "After the assembly has admitted the applicant."), joinAdmission)
	route(s, get(tag, "/organisations/{id}/admission-plan", "get-admission-plan", "The plan of a year", "发展党员计划, beside what has come of it at and below the organisation."), getAdmissionPlan)
	route(s, act(tag, "POST", "/organisations/{id}/admission-plan", "set-admission-plan", "Set the figure of a year", "By an organisation above the committee."), setAdmissionPlan)
}

// Dues.
func (s *server) duesRoutes() {
	const tag = "dues"
	route(s, get(tag, "/organisations/{id}/dues", "get-dues", "A branch's book of dues", "党费台账 of a year: each member's months with the arithmetic, what was received, arrears."), getDues)
	route(s, get(tag, "/members/{id}/dues", "get-member-dues", "A member's dues", "A year, and every receipt. A member reads her own."), getMemberDues)
	route(s, created(act(tag, "POST", "/organisations/{id}/payments", "record-payments", "Record payments", "登记交纳: the months follow from what is open. The program records money and holds none.")), recordPayments)
	route(s, get(tag, "/payments/{id}", "get-payment", "One receipt", "Also one that was taken back."), getReceipt)
	route(s, act(tag, "POST", "/payments/{id}/withdraw", "withdraw-payment", "Take a payment back", "撤回: its months are open again; a member's latest goes first."), withdrawReceipt)
	route(s, get(tag, "/organisations/{id}/assessments", "list-assessments", "Bases and reductions that wait", "For a second person, the oldest first."), listAssessments)
	route(s, created(act(tag, "POST", "/organisations/{id}/assessments", "propose-assessments", "Propose bases or reductions", "核定基数, 少交免交: they hold once a second person has confirmed them; a reduction is approved from above.")), proposeAssessments)
	route(s, get(tag, "/assessments/{id}", "get-assessment", "One base or reduction", "Income and reasons only for whoever may fix or approve them, and for the member."), getAssessment)
	route(s, act(tag, "POST", "/assessments/{id}/approve", "approve-assessment", "Confirm it", "As the second person; never by whoever proposed it, never one's own."), approveAssessment)
	route(s, act(tag, "POST", "/assessments/{id}/refuse", "refuse-assessment", "Refuse it", "With the reason."), refuseAssessment)
	route(s, act(tag, "POST", "/assessments/{id}/revoke", "revoke-assessment", "Take it back", "What waits, by whoever proposed it; what holds, by whoever may decide it, with the reason."), revokeAssessment)
	route(s, get(tag, "/organisations/{id}/dues-year", "get-dues-year", "Where an organisation stands with a year", "What came in, what is kept and passed on by the share that was set, who below has closed."), getDuesYear)
	route(s, act(tag, "POST", "/organisations/{id}/dues-year/close", "close-dues-year", "Close a year", "结账: those below first. A closed year takes no payment."), closeDues)
	route(s, act(tag, "POST", "/organisations/{id}/dues-year/reopen", "reopen-dues-year", "Reopen a year", "Those above first, with the reason."), reopenDues)
	route(s, created(act(tag, "POST", "/organisations/{id}/dues-outlays", "record-dues-outlay", "Record what was passed on or used", "上缴和使用.")), recordOutlay)
	route(s, get(tag, "/organisations/{id}/dues-shares", "list-dues-shares", "Shares kept", "Set at the organisation and above it, the newest first."), listDuesShares)
	route(s, created(act(tag, "POST", "/organisations/{id}/dues-shares", "set-dues-share", "Set a share", "留存比例, by a committee for those below; only the topmost sets its own.")), setDuesShare)
}

// Votes, of whatever room holds them.
func (s *server) voteRoutes() {
	const tag = "votes"
	route(s, get(tag, "/votes/{id}", "get-vote", "A vote and its count", "计票: what is voted on, how far the count is, and the verdict with its arithmetic once two persons agree."), getVote)
	route(s, act(tag, "POST", "/votes/{id}/count", "count-vote", "Enter a count", "From the signed record, by each of two persons who see nothing of each other; once again to mend one's own. The second who says the same makes it final. A candidate enters none."), countVote)
	route(s, act(tag, "POST", "/votes/{id}/void", "void-vote", "Give a vote up", "作废, with the reason, before it has a result; it is held again as another."), voidVote)
}

// Meetings.
func (s *server) meetingRoutes() {
	const tag = "meetings"
	route(s, scoped(get(tag, "/meetings", "list-meetings", "Meetings of a branch", "组织生活: the latest first, at most two hundred. Nobody outside the branch is told of any.")), listMeetings)
	route(s, get(tag, "/meetings/{id}", "get-meeting", "One meeting", "With its roll, agenda, notes and resolutions."), getMeeting)
	route(s, scoped(created(act(tag, "POST", "/meetings", "plan-meeting", "Plan a meeting", "Those who take part are invited. One that is over can be entered after."))), planMeeting)
	route(s, act(tag, "POST", "/meetings/{id}/cancel", "cancel-meeting", "Call a meeting off", "With the reason, which those invited are told."), cancelMeeting)
	route(s, act(tag, "POST", "/meetings/{id}/attendance", "take-attendance", "Enter who came", "Of everybody on the roll at once, from the day on; again to mend it until the minutes are checked."), takeAttendance)
	route(s, act(tag, "POST", "/meetings/{id}/notes", "take-note", "Write down what was said on an item", "In the version of the item that was seen."), takeNote)
	route(s, act(tag, "POST", "/meetings/{id}/votes", "hold-meeting-vote", "Vote on an item", "Who had a vote and was there comes from the attendance."), holdMeetingVote)
	route(s, act(tag, "POST", "/meetings/{id}/resolutions", "add-resolution", "Write a resolution down", "Who does it, by when, how one knows that it is done."), addResolution)
	route(s, act(tag, "POST", "/meetings/{id}/check", "check-minutes", "Check the minutes", "By the recorder, never by the chair."), checkMinutes)
	route(s, act(tag, "POST", "/meetings/{id}/confirm", "confirm-minutes", "Confirm the minutes", "By the chair, never by whoever checked. The dated fact of the log book follows, and the duty is done."), confirmMinutes)
	route(s, get("me", "/me/meetings", "list-own-meetings", "One's own meetings", "Those on whose roll one stands, the latest first."), listOwnMeetings)
	route(s, get("me", "/me/meetings/{id}", "get-own-meeting", "One of one's own meetings", "Before it place and time, once it is confirmed what was decided; what was said where one was there."), getOwnMeeting)
	route(s, act("me", "POST", "/me/meetings/{id}/answer", "answer-invitation", "Answer an invitation", "Come, or ask for leave with a reason that only oneself and the branch see."), answerInvitation)
}

// Documents.
func (s *server) documentRoutes() {
	const tag = "documents"
	route(s, get(tag, "/members/{id}/documents", "list-documents", "Documents of a member's file", "The newest first. Pages are read by GET /documents/{id}/pages/{page} after an opening."), listDocuments)
	route(s, reviewedAs("Document", created(act(tag, "POST", "/members/{id}/documents", "add-document", "Add a document", "The body is a JPEG, PNG or PDF itself, or a form with one or more files in file, behind its fields: the pages of one document. Only what the pages look like is kept. Answers 202 when it takes longer than wait; then poll GET /uploads/{id}."))), addDocument)
	route(s, get(tag, "/uploads/{id}", "get-upload", "How far one's own upload is", "The id is that of the document that it becomes."), getUpload)
	route(s, act(tag, "POST", "/uploads/{id}/retry", "retry-upload", "Try a failed upload once more", "Where its files are still there: again is true."), retryUpload)
	cancel := act(tag, "DELETE", "/uploads/{id}", "cancel-upload", "Throw an upload away", "What waits, is under way or has failed. Nothing of it remains.")
	cancel.DefaultStatus = 204
	route(s, cancel, cancelUpload)
	route(s, get(tag, "/documents/{id}", "get-document", "One document", "What it is, without its pages."), getDocument)
	route(s, act(tag, "POST", "/documents/{id}/open", "open-document", "Open for a purpose", "Recorded before anything is shown; the member sees who, when and for what. The pages can then be read for half an hour. Takes no Idempotency-Key."), openDocument)
	route(s, file(get(tag, "/documents/{id}/pages/{page}", "get-document-page", "A page as a picture", "With the caller's name and the time drawn all over it. 422 without an opening."), "image/jpeg"), getPage)
	op := act(tag, "POST", "/documents/{id}/remove", "remove-document", "Remove", "What was uploaded by mistake. Its pages are destroyed after a while.")
	op.DefaultStatus = 204
	route(s, op, removeDocument)
	route(s, get(tag, "/members/{id}/documents/removed", "list-removed-documents", "What was removed and can be taken back", "Until its pages are destroyed; for who may remove."), listRemoved)
	route(s, act(tag, "POST", "/documents/{id}/back", "take-document-back", "Take a removed document back", "取回, as long as its pages are there; who may remove may. 409 where the same files have come in since."), takeDocumentBack)
	route(s, file(act(tag, "POST", "/members/{id}/handover", "hand-over-record", "A copy of the whole record", "As PDF, for lawful handover or for the member. Recorded with purpose and recipient before it is given. Takes no Idempotency-Key."), "application/pdf"), handOver)
}

// Imports.
func (s *server) importRoutes() {
	const tag = "imports"
	op := created(act(tag, "POST", "/imports", "start-import", "Import a roster",
		"The body is the .xlsx or CSV file itself, or a form with the file in file. Good rows go in, others are rejected with their reasons; with dry_run=true nothing goes in until it is confirmed. Answers 202 when it takes longer than wait; then poll GET /imports/{id}."))
	route(s, later(op), startImport)
	route(s, get(tag, "/imports", "list-imports", "Imports", "Those of organisations in scope, the newest first."), listImports)
	route(s, get(tag, "/imports/{id}", "get-import", "One import", "With its first 200 problems."), getImport)
	route(s, get(tag, "/imports/{id}/problems", "list-import-problems", "Its problems", "Row by row."), listProblems)
	route(s, file(get(tag, "/imports/{id}/rejected-rows", "get-rejected-rows", "The rejected rows as a workbook", "As they were given, each with its reasons; mended there it can be imported again. Recorded before it is given."), sheetTypes[0]), rejectedRows)
	route(s, later(act(tag, "POST", "/imports/{id}/confirm", "confirm-import", "Take in what a dry run has checked", "Answers 202 when it takes longer than wait.")), confirmImport)
	route(s, act(tag, "POST", "/imports/{id}/discard", "discard-import", "Throw an upload away", "Before anything of it goes in: the file is destroyed, the import closed as failed."), discardImport)
	route(s, act(tag, "POST", "/imports/{id}/undo", "undo-import", "Take an import back", "整批撤销. Refused once a row of it has been changed."), undoImport)
}

// What is taken out.
func (s *server) takenOutRoutes() {
	op := act("exports", "POST", "/exports", "export-roster", "Take a roster out", "A workbook or CSV that can be imported again, with the columns that the caller may take out. Recorded with its purpose before it is given. Takes no Idempotency-Key.")
	route(s, file(op, sheetTypes[0], "text/csv"), exportRoster)
}

// Accounts and what they may.
func (s *server) accountRoutes() {
	const tag = "accounts"
	route(s, scoped(get(tag, "/accounts", "list-accounts", "Accounts in scope", "In the order of the tree and the login.")), listAccounts)
	route(s, get(tag, "/accounts/{id}", "get-account", "One account", "One that is out of scope is answered as one that does not exist."), getAccount)
	route(s, get(tag, "/accounts/{id}/grants", "list-grants", "Its roles", "In the caller's area, the newest first; past and coming ones too."), listGrants)
	route(s, created(act(tag, "POST", "/accounts/{id}/grants", "give-grant", "Give it a role", "授予角色. Nobody gives the own account anything (H-04); the three administrators are three people by whatever accounts, and hold no duty beside (H-03).")), giveGrant)
	route(s, act(tag, "POST", "/accounts/{id}/grants/{grant}/end", "end-grant", "Take a role back", "收回角色, at once; what was lent from it ends too."), endGrant)
}

// What members ask about their own data.
func (s *server) rightsRoutes() {
	const tag = "requests"
	route(s, get("me", "/me/requests", "list-own-requests", "What one has asked about one's own data", "The newest first."), listOwnRequests)
	route(s, created(act("me", "POST", "/me/requests", "ask-for-rights", "Ask about one's own data", "要副本, 要求说明, 要求限制使用. It is to be answered by a day.")), askForRights)
	route(s, act("me", "POST", "/me/requests/{id}/withdraw", "withdraw-request", "Take a request back", "撤回, by whoever asked."), withdrawRequest)
	route(s, get(tag, "/requests", "list-requests", "What members ask about their own data", "Those that wait, the first due first; or those that are settled."), listRequests)
	route(s, get(tag, "/requests/{id}", "get-request", "One request", "With what was written and answered."), getRequest)
	route(s, act(tag, "POST", "/requests/{id}/answer", "answer-request", "Answer", "答复. Never by the member herself. A restriction that is granted keeps the record from use until its day."), answerRequest)
	op := act(tag, "POST", "/members/{id}/lift-restriction", "lift-restriction", "Lift a restriction of use", "解除限制使用, by whoever answers requests, with the reason, or by the member herself.")
	op.DefaultStatus = 204
	route(s, op, liftRestriction)
}

// How long records are kept, and how they go.
func (s *server) retentionRoutes() {
	const tag = "retention"
	route(s, get(tag, "/retention/schedule", "get-schedule", "The retention schedule", "How long each class of records is kept, on what basis, and who approves what is done then."), getSchedule)
	route(s, get(tag, "/destructions", "list-destructions", "Destructions", "Proposed, decided, done; the newest first."), listDestructions)
	route(s, get(tag, "/destructions/{id}", "get-destruction", "One destruction", "When it is done: the certificate."), getDestruction)
	route(s, created(act(tag, "POST", "/members/{id}/destroy", "propose-destruction", "Propose to destroy a record", "提出销毁, of a record that is off the register. Nothing goes before another person has approved.")), proposeDestruction)
	route(s, act(tag, "POST", "/destructions/{id}/approve", "approve-destruction", "Approve and carry out", "批准并销毁. By another person than who proposed, and not the one it is about."), approveDestruction)
	route(s, act(tag, "POST", "/destructions/{id}/refuse", "refuse-destruction", "Refuse", "不批准, with the reason."), refuseDestruction)
	route(s, act(tag, "POST", "/destructions/{id}/withdraw", "withdraw-destruction", "Take a proposal back", "撤回, by whoever proposed."), withdrawDestruction)
	route(s, get(tag, "/register", "get-register", "The register of fields", "Every kind of personal data that is kept: meaning, format, who enters it from what, purpose, basis, class, term, who sees it."), getRegister)
}

// Events.
func (s *server) eventRoutes() {
	const tag = "events"
	route(s, scoped(get(tag, "/events", "list-events", "What was done", "Acts of the ledger in the caller's area, the newest first.")), listEvents)
	route(s, get(tag, "/events/{id}", "get-event", "One act", "With the rows it changed; values are there where the caller may see them."), getEvent)
}

// Rules.
func (s *server) ruleRoutes() {
	const tag = "rules"
	route(s, get(tag, "/rules", "list-rules", "Rules", "By regulation, each in the version of a day as it holds where the caller is."), listRules)
	route(s, get(tag, "/rules/{id}", "get-rule", "One rule", "All versions with what they set, and what organisations above the caller have decided stricter."), getRule)
	route(s, get(tag, "/organisations/{id}/local-rules", "list-local-rules", "What holds beyond the regulations", "Decided at the organisation and above it; what waits there, for whoever may see proposals."), listLocalRules)
	route(s, created(act(tag, "POST", "/organisations/{id}/local-rules", "propose-local-rule", "Propose something stricter", "A parameter, only stricter than what holds, or a duty; for the organisation and everything below it. It takes effect when a second person has confirmed it.")), proposeLocalRule)
	route(s, act(tag, "POST", "/local-rules/{id}/approve", "approve-local-rule", "Confirm it", "As the second person; never by whoever proposed it."), approveLocalRule)
	route(s, act(tag, "POST", "/local-rules/{id}/refuse", "refuse-local-rule", "Refuse it", "With the reason."), refuseLocalRule)
	route(s, act(tag, "POST", "/local-rules/{id}/withdraw", "withdraw-local-rule", "Take the proposal back", "By whoever made it."), withdrawLocalRule)
	route(s, created(act(tag, "POST", "/local-rules/{id}/end", "end-local-rule", "Propose that it ends", "It ends on the day when a second person has confirmed that.")), endLocalRule)
}
