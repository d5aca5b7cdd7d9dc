// Package ballot counts votes (计票) for whatever room holds them: admission, meetings, elections. A ballot belongs to a
// subject, a kind and an id of that room; it has items, which are candidates of an election or questions that are each
// agreed or not. Votes on paper are entered by two different persons from the signed record; neither is shown what the
// other entered, and a difference names the fields and blocks. When both agree the count is final and vote judges
// it. A show of hands is entered once; elections and admissions are secret and refuse it.
//
// A room opens a ballot inside its own transaction, so that its case and the ballot are one act:
//
//	err := s.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
//		…
//		id, err = s.Ballots.Open(ctx, tx, actor, ballot.New{Org: branch, Subject: "admission", SubjectID: c.ID, Kind: vote.Admission,
//			Way: ballot.Paper, On: day, Title: "接收预备党员", Entitled: voters, Items: []ballot.Item{{ID: c.ID, Name: name, Member: member}}})
//		return err
//	})
//
// People then enter by Service.Enter, from any page or operation. In the transaction that makes a count final the room is told,
// so that what follows from the verdict is one act with it:
//
//	in.Ballots.Final["admission"] = in.Admission.Counted // func(ctx, tx, actor, ballot.Ballot, []vote.Verdict) error
//
// A room that only looks asks Of(ctx, r, "admission", c.ID) and Judge. A vote that was void or did not decide is held
// again as another ballot of the same subject; the rounds are their order.
package ballot
