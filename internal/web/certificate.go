package web

import (
	"strings"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/installation/register"
	"zhibu/internal/party/org"
	"zhibu/internal/party/retention"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// showCertificate is the paper at the end of a destruction: what went, by whom, and from when on no backup has it.
func (v *visit) showCertificate(d retention.Destruction) error {
	out := view.Certificate{Number: d.ID, Record: strings.Join(d.Records(), "、"), Class: classText(d.Class), Reason: d.Reason, Document: d.Document,
		Proposed: view.Signed{Who: d.Proposer, Post: view.RoleName(d.ProposerPost), When: words.Moment(d.Proposed)},
		Approved: view.Signed{Who: d.Decider, Post: view.RoleName(d.DeciderPost), When: words.Moment(d.Decided)}}
	day := civil.Today(civil.Fixed(d.Done))
	out.Destroyed = view.Plain(words.Date(v.ctx(), day))
	o, err := org.ByPath(v.ctx(), v.in.DB.As(store.System("certificate")), d.OrgPath)
	if err != nil && fault.Of(err) != fault.NotFound {
		return err
	}
	out.Organisation = o.Name
	if c, ok := retention.ClassOf(d.Class); ok {
		if b, ok := register.BasisOf(c.Basis); ok {
			out.Basis = view.Say("%s（%s）", view.Plain(words.T(v.ctx(), b.Cite)), certainties[string(b.Known)])
		}
	}
	out.Steps = v.destroyedWhen(d, day)
	if out.Proof, err = v.provenDestruction(d); err != nil {
		return err
	}
	return v.show(view.CertificatePage(v.page(view.Say("销毁证书"), view.PathRetention, view.Link{Text: view.Say("保存期限和销毁"), URL: view.PathRetention}), out))
}

// destroyedWhen are the dates: here, and in the backups, where the key has a term of its own and what is plain that of
// the data.
func (v *visit) destroyedWhen(d retention.Destruction, day civil.Date) []view.Fact {
	keys, plain := view.Say("没有备份存有这把密钥"), view.Say("没有备份存有这些项")
	if !d.Final.IsZero() {
		keys = view.Say("%s：最后一份存有密钥的备份到那一天到期，从此谁也打不开加密的内容", view.Plain(words.Date(v.ctx(), d.Final)))
		plain = view.Say("%s：最后一份销毁以前的数据备份到那一天到期。在那以前恢复旧备份，程序照销毁名单再销毁一次，不给人看", view.Plain(words.Date(v.ctx(), v.in.Retention().Until(day))))
	}
	return []view.Fact{{Label: view.Say("在这里销毁"), Value: view.Plain(words.Moment(d.Done))}, {Label: view.Say("备份中的密钥"), Value: keys},
		{Label: view.Say("备份中没有加密的项"), Value: plain}, {Label: view.Say("前提"), Value: view.Say("按期备份，按期清理；手工另存的备份由保管的人销毁。")},
		{Label: view.Say("范围"), Value: view.Say("%d 行，编号的摘要（SHA-256）%s", int(d.Rows), d.Digest)}}
}

// provenDestruction is the place of the destruction in the log, with the hashes that show it.
func (v *visit) provenDestruction(d retention.Destruction) ([]view.Fact, error) {
	acts, err := v.in.Ledger.Acts(v.ctx(), v.in.DB.As(store.System("certificate")), ledger.Query{Subject: d.Member, Kind: retention.DoDestroy, Limit: 1})
	if err != nil || len(acts) == 0 {
		return nil, err
	}
	proof, err := v.in.Ledger.Prove(v.ctx(), acts[0].ID)
	if err != nil {
		return nil, err
	}
	return []view.Fact{{Label: view.Say("操作"), Value: view.Plain(acts[0].ID)}, {Label: view.Say("位置"), Value: view.Say("第 %d 条，链长 %d", int(proof.Index)+1, int(proof.Size))},
		{Label: view.Say("根"), Value: view.Plain(proof.Root)}, {Label: view.Say("收录证明"), Value: view.Plain(proof.Hashes)}}, nil
}
