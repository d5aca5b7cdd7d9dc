package installation

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"

	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// compareCheckpoint holds the restored chain against the signed state that the backup's manifest carries.
func (d *drill) compareCheckpoint(ctx context.Context, other *Installation, newest ledger.Checkpoint) error {
	if newest.Size == 0 {
		return d.check("checkpoint", errFound, words.T(ctx, "恢复出来的日志是空的。"))
	}
	ok, err := other.Ledger.Holds(ctx, newest)
	if err != nil {
		return d.check("checkpoint", err, "")
	}
	if !ok {
		return d.check("checkpoint", errFound, words.T(ctx, "恢复出来的日志与它自己签名的校验点不一致。"))
	}
	return d.check("checkpoint", nil, words.T(ctx, "校验点的签名有效，记到第 %d 条。", newest.Size))
}

// compareWitness holds the restored chain against what is in use: the backup must be an earlier state of it. On a
// machine of its own there is only the witness file that was brought along.
func (d *drill) compareWitness(ctx context.Context, other *Installation, newest ledger.Checkpoint) error {
	path := d.Witness
	if path == "" && d.live != nil {
		path = d.live.Dir.Witness()
	}
	if path == "" {
		return d.check("witness", nil, words.T(ctx, "没有带来见证文件，只核对了备份自己的签名。"))
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return d.check("witness", err, words.T(ctx, "见证文件 %s 不见了。", path))
	}
	if err != nil {
		return d.check("witness", err, "")
	}
	w, err := ledger.OpenCheckpoint(string(text), other.Vault.Verifier())
	if err != nil {
		return d.check("witness", err, words.T(ctx, "见证文件 %s 读不出来，或者签名与这套安装不符。", path))
	}
	chain, inner := other.Ledger, w // a witness older than the backup stands in the backup
	if w.Size > newest.Size {
		if d.live == nil {
			return d.check("witness", nil, words.T(ctx, "见证文件比备份新：备份记到第 %d 条，见证文件记到第 %d 条，签名有效。", newest.Size, w.Size))
		}
		chain, inner = d.live.Ledger, newest // a newer one stands in the chain in use, and so must the backup
	}
	ok, err := chain.Holds(ctx, inner)
	if err == nil && ok && d.live != nil {
		ok, err = d.live.Ledger.Holds(ctx, newest)
	}
	if err != nil {
		return d.check("witness", err, "")
	}
	if !ok && w.Restores > newest.Restores {
		return d.check("witness", nil, words.T(ctx, "备份之后有过一次正当的恢复，此后的日志与备份不是同一支。"))
	}
	if !ok {
		return d.check("witness", errFound, words.T(ctx, "备份里的日志与见证文件或正在使用的日志在同一处不一致：历史被改写过。请按操作手册“核验日志链”处理。"))
	}
	return d.check("witness", nil, words.T(ctx, "与见证文件相符：备份记到第 %d 条，见证文件记到第 %d 条。", newest.Size, w.Size))
}

// sampled is how many records are opened with their own keys.
const sampled = 100

// openSome opens the sealed number of members picked at random, with the restored keys.
func (d *drill) openSome(ctx context.Context, other *Installation) error {
	r := other.DB.As(store.System("drill"))
	sealed := map[string][]byte{}
	take := func(query string, args ...any) error {
		return r.Each(ctx, query, args, func(row store.Row) error {
			var id string
			var b []byte
			err := row.Scan(&id, &b)
			sealed[id] = b
			return err
		})
	}
	from := make([]byte, 8)
	rand.Read(from)
	err := take("SELECT id, id_number FROM {member} WHERE id_index >= ? ORDER BY id_index LIMIT ?", from, sampled)
	if err == nil && len(sealed) < sampled {
		err = take("SELECT id, id_number FROM {member} ORDER BY id_index LIMIT ?", sampled-len(sealed))
	}
	if err != nil {
		return d.check("keys", err, "")
	}
	ids := make([]string, 0, len(sealed))
	for id := range sealed {
		ids = append(ids, id)
	}
	persons, err := other.Vault.Persons(ctx, ids)
	if err != nil {
		return d.check("keys", err, words.Error(ctx, err))
	}
	gone, wrong := 0, 0
	for id, b := range sealed {
		p := persons[id]
		if p == nil {
			gone++
		} else if _, err := p.Open("member.id_number", id, b); err != nil {
			wrong++
		}
	}
	if wrong > 0 {
		return d.check("keys", errFound, words.T(ctx, "抽查 %d 人，有 %d 人的加密内容打不开。", len(ids), wrong))
	}
	return d.check("keys", nil, words.T(ctx, "抽查 %d 人的加密内容，打开 %d 人，密钥已销毁的 %d 人。", len(ids), len(ids)-gone, gone))
}

// documents looks whether the restored pages are all there, and opens some of them.
func (d *drill) documents(ctx context.Context, other *Installation) error {
	found, err := other.Documents.Sound(ctx, other.DB.As(store.System("drill")), sampled)
	switch {
	case err != nil:
		return d.check("documents", err, words.Error(ctx, err))
	case found.Missing > 0:
		return d.check("documents", errFound, words.T(ctx, "档案材料 %d 份，缺 %d 页的图像。", found.Documents, found.Missing))
	case found.Broken > 0:
		return d.check("documents", errFound, words.T(ctx, "档案材料抽查 %d 页，有 %d 页打不开。", found.Opened+found.Broken+found.Shredded, found.Broken))
	}
	return d.check("documents", nil, words.T(ctx, "档案材料 %d 份，%d 页都在；抽查打开 %d 页。", found.Documents, found.Pages, found.Opened))
}
