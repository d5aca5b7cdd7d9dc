package web

import "zhibu/internal/web/view"

// routes is the table of contents. open pages are for everybody, signed ones for who has signed in, slow ones take in
// or give out files.
func (s *Server) routes() {
	s.enterRoutes()
	s.ownRoutes()
	s.memberRoutes()
	s.documentRoutes()
	s.organisationRoutes()
	s.reviewRoutes()
	s.importRoutes()
	s.accountRoutes()
	s.auditRoutes()
	s.careRoutes()
	s.privacyRoutes()
	s.stewardRoutes()
	s.ruleRoutes()
	s.dutyRoutes()
	s.duesRoutes()
	s.electionRoutes()
	s.meetingRoutes()
	s.helpRoutes()
	s.open("/", missing)
}

// enterRoutes: coming in, going out, how pages look.
func (s *Server) enterRoutes() {
	s.open("GET "+view.PathSignIn, s.showSignIn)
	s.open("POST "+view.PathSignIn, s.signIn)
	s.open("GET "+view.PathCode, s.showCode)
	s.open("POST "+view.PathCode, s.passCode)
	s.open("GET "+view.PathSlip, s.showSlip)
	s.open("POST "+view.PathSlip, s.signInBySlip)
	s.open("GET "+view.PathPasskey, s.showPasskey)
	s.open("POST "+view.PathPasskey, s.passPasskey)
	s.open("POST "+view.PathPasskeyAsk, s.askPasskey)
	s.open("GET "+view.PathOutside+"/{id}", s.goOutside)
	s.open("GET "+view.PathOutside+"/{id}/back", s.arriveOutside)
	s.open("GET "+view.PathPassword, s.showPassword)
	s.open("POST "+view.PathPassword, s.setPassword)
	s.open("POST "+view.PathSignOut, s.signOut)
	s.open("GET "+view.PathDisplay, s.showDisplay)
	s.open("POST "+view.PathDisplay, s.changeDisplay)
}

// ownRoutes: what waits, and what concerns oneself.
func (s *Server) ownRoutes() {
	s.signed("GET /{$}", s.showWorkbench)
	s.signed("GET "+view.PathMe, s.showMe)
	s.signed("GET "+view.PathMe+"/correct/{fact}", s.askCorrection)
	s.slow("POST "+view.PathMe+"/correct/{fact}", s.sendCorrection)
	s.signed("POST "+view.PathStillRight, s.affirmOwn)
	s.signed("GET "+view.PathAccount, s.showAccount)
	s.signed("POST "+view.PathAccount, s.changeAccount)
	s.open("GET "+view.PathPasskeys, s.showPasskeys)
	s.open("POST "+view.PathPasskeys, s.changePasskeys)
	s.open("POST "+view.PathPasskeysAsk, s.askNewPasskey)
	s.signed("GET "+view.PathDeputies, s.showDeputies)
	s.signed("POST "+view.PathDeputies, s.changeDeputies)
	s.signed("GET "+view.PathTokens, s.askToken)
	s.signed("POST "+view.PathTokens, s.issueToken)
	s.open("GET "+view.PathFactor, s.showFactor)
	s.open("POST "+view.PathFactor, s.changeFactor)
	s.signed("GET "+view.PathLinks, s.showLinks)
	s.signed("POST "+view.PathLinks, s.changeLinks)
	s.signed("GET "+view.PathInbox, s.showInbox)
	s.signed("POST "+view.PathInbox, s.readInbox)
	s.signed("GET "+view.PathReach, s.showReach)
	s.signed("POST "+view.PathReach, s.setReach)
	s.signed("GET "+view.PathMyData, s.showMyData)
	s.signed("POST "+view.PathMyData, s.sendMyData)
	s.signed("GET "+view.PathMyCopy, s.showMyCopy)
	s.signed("GET "+view.PathMyCopyFile, s.giveMyCopy)
}

// memberRoutes: finding members, opening a record, and what is done with it.
func (s *Server) memberRoutes() {
	s.signed("GET "+view.PathMembers, s.listMembers)
	s.signed("POST "+view.PathMembers, s.searchMembers)
	s.signed("GET "+view.PathMemberNew, s.askNewMember)
	s.signed("POST "+view.PathMemberNew, s.addMember)
	s.signed("GET "+view.PathRoster, s.printRoster)
	s.signed("GET "+view.PathToCheck, s.showToCheck)
	s.signed("POST "+view.PathToCheck, s.affirmChecked)
	s.signed("GET "+view.PathExport, s.askExport)
	s.slow("POST "+view.PathExport, s.export)

	const one = view.PathMembers + "/{id}"
	s.signed("GET "+one, s.showMember)
	s.signed("GET "+one+"/looks", s.showLooks)
	s.signed("GET "+one+"/access", s.showWhoSees)
	s.signed("GET "+one+"/reveal", s.askReveal)
	s.signed("POST "+one+"/reveal", s.reveal)
	s.signed("GET "+one+"/mend/{fact}", s.askMend)
	s.signed("POST "+one+"/mend/{fact}", s.mend)
	s.signed("GET "+one+"/history/{fact}", s.showFactHistory)
	s.signed("GET "+one+"/facts", s.askNewFact)
	s.signed("POST "+one+"/facts", s.addFact)
	s.signed("GET "+one+"/facts/{fact}", s.askFact)
	s.signed("POST "+one+"/facts/{fact}", s.changeFact)
	s.signed("GET "+one+"/move", s.askMove)
	s.signed("POST "+one+"/move", s.moveMember)
	s.signed("GET "+one+"/end", s.askEnd)
	s.signed("POST "+one+"/end", s.endMember)
	s.signed("GET "+one+"/unite", s.askUnite)
	s.signed("POST "+one+"/unite", s.unite)
	s.signed("GET "+one+"/separate", s.askSeparate)
	s.signed("POST "+one+"/separate", s.separate)
	s.signed("GET "+one+"/restore", s.askRestore)
	s.signed("POST "+one+"/restore", s.restoreMember)
}

// documentRoutes: the pictures in a member's file, and what is handed over.
func (s *Server) documentRoutes() {
	const of = view.PathMembers + "/{id}"
	s.signed("GET "+of+"/documents", s.showDocuments)
	s.signed("GET "+of+"/documents/new", s.askUpload)
	s.slow("POST "+of+"/documents/new", s.uploadDocument)
	s.signed("GET "+of+"/handover", s.askHandover)
	s.slow("POST "+of+"/handover", s.handOver)

	const coming = view.PathArrivals + "/{id}"
	s.signed("GET "+coming, s.showArrival)
	s.signed("POST "+coming+"/cancel", s.cancelArrival)
	s.signed("POST "+coming+"/retry", s.retryArrival)
	const one = view.PathDocuments + "/{id}"
	s.signed("GET "+one, s.showDocument)
	s.signed("POST "+one, s.openDocument)
	s.signed("GET "+one+"/pages/{page}", s.givePage)
	s.signed("GET "+one+"/thumbs/{page}", s.giveThumb)
	s.signed("GET "+one+"/remove", s.askRemoveDocument)
	s.signed("POST "+one+"/remove", s.removeDocument)
	s.signed("POST "+one+"/back", s.takeDocumentBack)
}

// organisationRoutes: the tree, one organisation, and the dated acts about it.
func (s *Server) organisationRoutes() {
	s.signed("GET "+view.PathOrganisations, s.showTree)
	s.signed("GET "+view.PathOrgFind, s.findForPicker)

	const one = view.PathOrganisations + "/{id}"
	s.signed("GET "+one, s.showOrg)
	s.signed("GET "+one+"/children", s.showChildren)
	for name, act := range map[string]orgAct{
		"establish": establish, "rename": rename, "facts": changeFacts, "move": moveOrg, "abolish": abolish, "reopen": reopen, "post": addPost, "merge": mergeOrg, "split": splitOrg, "name": earlierName,
		"post/{post}/end": endPost,
	} {
		s.signed("GET "+one+"/"+name, act.form)
		s.signed("POST "+one+"/"+name, act.send)
	}
}

// reviewRoutes: what waits for a second person.
func (s *Server) reviewRoutes() {
	s.signed("GET "+view.PathReviews, s.listReviews)
	s.signed("POST "+view.PathReviews, s.approveBatch)

	const one = view.PathReviews + "/{id}"
	s.signed("GET "+one, s.showReview)
	s.signed("POST "+one+"/show", s.showReviewFull)
	s.signed("POST "+one+"/open", s.openReviewPaper)
	s.signed("GET "+one+"/correct/{fact}", s.askReviewCorrection)
	s.signed("POST "+one+"/correct/{fact}", s.correctReview)
	s.signed("POST "+one+"/approve", s.approveReview)
	s.signed("POST "+one+"/return", s.returnReview)
	s.signed("POST "+one+"/withdraw", s.withdrawReview)
	const act = view.PathOrgReviews + "/{id}"
	s.signed("GET "+act, s.showOrgReview)
	s.signed("POST "+act+"/approve", s.approveOrgReview)
	s.signed("POST "+act+"/return", s.returnOrgReview)
	s.signed("POST "+act+"/withdraw", s.withdrawOrgReview)
}

// importRoutes: a roster from the file to the register, step by step.
func (s *Server) importRoutes() {
	s.signed("GET "+view.PathImports, s.listImports)
	s.signed("GET "+view.PathImportNew, s.askImport)
	s.slow("POST "+view.PathImportNew, s.uploadRoster)
	s.slow("GET "+view.PathTemplate, s.giveTemplate)

	const one = view.PathImports + "/{id}"
	s.signed("GET "+one, s.showImport)
	s.signed("GET "+one+"/columns", s.askColumns)
	s.signed("POST "+one+"/columns", s.chooseColumns)
	s.signed("GET "+one+"/preview", s.preview)
	s.signed("POST "+one+"/run", s.runImport)
	s.signed("POST "+one+"/discard", s.discardImport)
	s.signed("POST "+one+"/undo", s.undoImport)
	s.slow("GET "+one+"/errors.xlsx", s.giveRejected)
}

// accountRoutes: who may come in, as what, and the slips for the first time.
func (s *Server) accountRoutes() {
	s.signed("GET "+view.PathAccounts, s.listAccounts)
	s.signed("POST "+view.PathAccounts, s.searchAccounts)
	s.signed("GET "+view.PathAccountNew, s.askNewAccount)
	s.signed("POST "+view.PathAccountNew, s.makeAccount)
	s.signed("GET "+view.PathAccountsList, s.askAccountSheet)
	s.slow("POST "+view.PathAccountsList, s.takeAccountSheet)
	s.slow("GET "+view.PathAccountsBlank, s.giveAccountSheet)
	s.signed("POST "+view.PathSlips, s.printSlips)
	s.signed("GET "+view.PathRoleCheck, s.showRoleCheck)
	s.signed("POST "+view.PathRoleCheck, s.checkRoles)
	s.signed("GET "+view.PathPolicy, s.showPolicy)
	s.signed("POST "+view.PathPolicy, s.changePolicy)

	const one = view.PathAccounts + "/{id}"
	s.signed("GET "+one, s.showOneAccount)
	s.signed("GET "+one+"/access", s.showOpens)
	s.signed("POST "+one+"/slip", s.printSlip)
	s.signed("POST "+one+"/link", actOnAccount(linkAccount))
	s.signed("POST "+one+"/unlink", actOnAccount(unlinkAccount))
	for name, act := range map[string]accountAct{"lock": lockAccount, "unlock": unlockAccount, "factor": dropFactor, "prove": proveHolder, "post": grantRole, "post-end": revokeRole} {
		s.signed("POST "+one+"/"+name, actOnAccount(act))
	}
}

// auditRoutes: what was done, and whether the record of it is whole.
func (s *Server) auditRoutes() {
	s.signed("GET "+view.PathAudit, s.listActs)
	s.signed("POST "+view.PathAudit, s.searchActs)
	s.signed("GET "+view.PathAudit+"/{id}", s.showAct)
	s.signed("GET "+view.PathChain, s.showChain)
	s.signed("POST "+view.PathChain, s.verifyChain)
	s.slow("POST "+view.PathBundle, s.giveBundle)
}

// careRoutes: that nothing is lost when the machine is.
func (s *Server) careRoutes() {
	s.signed("GET "+view.PathBackup, s.showBackup)
	s.signed("POST "+view.PathBackup, s.runBackup)
	s.signed("GET "+view.PathChannels, s.showChannels)
	s.signed("POST "+view.PathChannels, s.setChannels)
	s.signed("GET "+view.PathDrillReport, s.giveDrillReport)
}

// privacyRoutes: what members ask for, how long records are kept, how they go, and the keys that seal them.
func (s *Server) privacyRoutes() {
	s.signed("GET "+view.PathRequests, s.showRequests)
	s.signed("GET "+view.PathRequests+"/{id}", s.showRequest)
	s.signed("POST "+view.PathRequests+"/{id}", s.answerRequest)
	s.signed("GET "+view.PathRetention, s.showRetention)
	s.signed("GET "+view.PathRetention+"/{id}", s.showDestruction)
	s.signed("POST "+view.PathRetention+"/{id}", s.decideDestruction)
	s.signed("GET "+view.PathMembers+"/{id}/destroy", s.askDestroy)
	s.signed("POST "+view.PathMembers+"/{id}/destroy", s.proposeDestroy)
	s.signed("GET "+view.PathKeys, s.showKeys)
	s.signed("POST "+view.PathKeys, s.turnKeys)
	s.open("GET "+view.PathRegister, s.showRegister)
}

// stewardRoutes: who answers for what, and what is doubted.
func (s *Server) stewardRoutes() {
	s.signed("GET "+view.PathQuality, s.showQuality)
	s.signed("GET "+view.PathDisputes, s.listDisputes)
	s.signed("GET "+view.PathDisputes+"/{id}", s.showDispute)
	s.signed("POST "+view.PathDisputes+"/{id}", s.actOnDispute)
	s.signed("GET "+view.PathMembers+"/{id}/dispute/{fact}", s.askDispute)
	s.signed("POST "+view.PathMembers+"/{id}/dispute/{fact}", s.raiseDispute)
	s.signed("GET "+view.PathOrganisations+"/{id}/dispute", s.askOrgDispute)
	s.signed("POST "+view.PathOrganisations+"/{id}/dispute", s.raiseOrgDispute)
	s.signed("GET "+view.PathStewards, s.showStewards)
	s.signed("POST "+view.PathStewards, s.setSteward)
}

// ruleRoutes: the regulations, their versions, and what organisations decide stricter.
func (s *Server) ruleRoutes() {
	s.signed("GET "+view.PathRules, s.listRules)
	s.signed("GET "+view.PathRules+"/{id}", s.showRule)
	s.signed("GET "+view.PathLocalRules, s.showLocalRules)
	s.signed("POST "+view.PathLocalRules, s.proposeLocalRule)
	s.signed("GET "+view.PathLocalRules+"/{id}", s.showLocalRule)
	s.signed("POST "+view.PathLocalRules+"/{id}", s.decideLocalRule)
}

// dutyRoutes: what has been done, and what is due because of it.
func (s *Server) dutyRoutes() {
	s.signed("GET "+view.PathLog, s.showLog)
	s.signed("GET "+view.PathLogNew, s.askEntry)
	s.signed("POST "+view.PathLogNew, s.addEntry)
	s.signed("GET "+view.PathLog+"/{id}", s.showEntry)
	s.signed("POST "+view.PathLog+"/{id}", s.mendEntry)
	s.signed("GET "+view.PathAdmissions, s.listAdmissions)
	s.signed("GET "+view.PathAdmissions+"/{id}", s.showAdmission)
	s.signed("GET "+view.PathOwnAdmission, s.showOwnAdmission)
	s.signed("GET "+view.PathAdmissions+"/{id}/steps/{step}", s.askStep)
	s.signed("POST "+view.PathAdmissions+"/{id}/steps/{step}", s.takeStep)
	s.signed("POST "+view.PathAdmissions+"/{id}/steps/{step}/vote", s.openVote)
	s.signed("GET "+view.PathAdmissions+"/{id}/papers", s.showPapers)
	s.signed("POST "+view.PathAdmissions+"/{id}/join", s.joinCase)
	s.signed("POST "+view.PathAdmissions+"/{id}/move", s.moveCase)
	s.signed("POST "+view.PathPlan, s.setPlan)
	s.signed("GET "+view.PathVotes+"/{id}", s.showVote)
	s.signed("POST "+view.PathVotes+"/{id}", s.countVote)
	s.signed("GET /admission-records/{id}", s.showRecord)
	s.signed("POST /admission-records/{id}", s.mendRecord)
	s.signed("POST /objections/{id}", s.answerObjection)
	s.open("GET "+view.PathBoards, s.showBoards)
	s.open("GET "+view.PathBoards+"/{id}", s.showBoard)
	s.open("POST "+view.PathBoards+"/{id}", s.object)
	s.signed("GET "+view.PathDuties, s.listDuties)
	s.signed("GET "+view.PathWaive, s.askWaive)
	s.signed("POST "+view.PathWaive, s.waiveDuty)
	s.signed("GET "+view.PathHelpOffer, s.askHelp)
	s.signed("POST "+view.PathHelpOffer, s.offerHelp)
	s.signed("GET "+view.PathHelpOffer+"/{id}", s.showHelpOffer)
	s.signed("POST "+view.PathHelpOffer+"/{id}", s.closeHelp)
}

// duesRoutes: what members pay, branch by branch. The program records money and holds none.
func (s *Server) duesRoutes() {
	s.signed("GET "+view.PathDues, s.showDues)
	s.signed("GET "+view.PathDuesCollect, s.askCollect)
	s.signed("POST "+view.PathDuesCollect, s.collect)
	s.signed("GET "+view.PathDuesBases, s.askBases)
	s.signed("POST "+view.PathDuesBases, s.fixBases)
	s.signed("GET "+view.PathDuesRelief, s.askRelief)
	s.signed("POST "+view.PathDuesRelief, s.proposeRelief)
	s.signed("GET "+view.PathDues+"/fixed/{id}", s.showAssessment)
	s.signed("POST "+view.PathDues+"/fixed/{id}", s.decideAssessment)
	s.signed("GET "+view.PathDues+"/receipts/{id}", s.showReceipt)
	s.signed("POST "+view.PathDues+"/receipts/{id}", s.withdrawReceipt)
	s.signed("GET "+view.PathDues+"/members/{id}", s.showDuesMember)
	s.signed("GET "+view.PathDuesImport, s.askDuesSheet)
	s.slow("POST "+view.PathDuesImport, s.takeDuesSheet)
	s.signed("GET "+view.PathDuesMatch, s.askStatement)
	s.slow("POST "+view.PathDuesMatch, s.takeStatement)
	s.signed("GET "+view.PathDuesSheet, s.giveDuesSheet)
	s.signed("GET "+view.PathDuesYear, s.showDuesYear)
	s.signed("POST "+view.PathDuesYear, s.actDuesYear)
	s.signed("GET "+view.PathDuesShare, s.showShares)
	s.signed("POST "+view.PathDuesShare, s.setShare)
	s.signed("GET "+view.PathDuesPublic, s.showPublication)
	s.signed("GET "+view.PathDuesOwn, s.showOwnDues)
}

// electionRoutes: elections of branch committees.
func (s *Server) electionRoutes() {
	s.signed("GET "+view.PathElections, s.listElections)
	s.signed("POST "+view.PathElections, s.requestElection)
	s.signed("GET "+view.PathElections+"/{id}", s.showElection)
	s.signed("POST "+view.PathElections+"/{id}", s.actElection)
	s.signed("GET "+view.PathElections+"/{id}/papers", s.showElectionPapers)
}

// meetingRoutes: meetings of the branch, and one's own.
func (s *Server) meetingRoutes() {
	s.signed("GET "+view.PathMeetings, s.listMeetings)
	s.signed("GET "+view.PathMeetingNew, s.askMeeting)
	s.signed("POST "+view.PathMeetingNew, s.planMeeting)
	s.signed("GET "+view.PathMeetings+"/{id}", s.showMeeting)
	s.signed("POST "+view.PathMeetings+"/{id}", s.actMeeting)
	s.signed("GET "+view.PathMeetings+"/{id}/minutes", s.showMinutes)
	s.signed("GET "+view.PathOwnMeetings, s.listOwnMeetings)
	s.signed("GET "+view.PathOwnMeetings+"/{id}", s.showOwnMeeting)
	s.signed("POST "+view.PathOwnMeetings+"/{id}", s.answerMeeting)
}

// helpRoutes: how it is done, what is kept about people, who can use it.
func (s *Server) helpRoutes() {
	s.open("GET "+view.PathHelp, s.showHelp)
	s.open("GET "+view.PathHelp+"/{topic}", s.showTopic)
	s.open("GET "+view.PathPrivacy, s.showPrivacy)
	s.open("GET "+view.PathAccessibility, s.showAccessibility)
}
