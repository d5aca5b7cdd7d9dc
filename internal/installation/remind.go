package installation

import (
	"context"
	"strings"
	"time"

	"zhibu/internal/civil"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/notice"
	"zhibu/internal/party/notice/channel"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// Remind tells people once a day what they have to do, and hands what they are to be told outside to the channels, until the
// context ends.
func (in *Installation) Remind(ctx context.Context, report func(error)) {
	var done civil.Date
	if err := in.Notices.Recover(ctx); err != nil && ctx.Err() == nil {
		report(err)
	}
	for {
		if err := in.RemindOnce(ctx, &done); err != nil && ctx.Err() == nil {
			report(err)
		}
		if !sleep(ctx, time.Minute) {
			return
		}
	}
}

// RemindOnce does what is to be done now. done is the last day that was gone through whole; a process that was killed in the
// middle goes through the day again, which tells nobody twice.
func (in *Installation) RemindOnce(ctx context.Context, done *civil.Date) error {
	policy, err := in.Notices.Policy(ctx)
	if err != nil {
		return err
	}
	today := civil.Today(in.Clock)
	if *done != today && in.Clock.Now().In(civil.Beijing).Hour() >= policy[notice.DigestHour] {
		err := in.Duties.Remind(ctx, today, policy[notice.AheadDays], func(org string, parts map[string]notice.Digest) error {
			_, err := in.Notices.Remind(ctx, today, policy[notice.AgainDays], org, parts)
			return err
		})
		if err != nil {
			return err
		}
		*done = today
	}
	if err := in.Notices.HandOver(ctx, policy); err != nil {
		return err
	}
	if err := in.Notices.Deliver(ctx, policy); err != nil {
		return err
	}
	return in.Notices.Sweep(ctx)
}

// knownAddress is the address for a channel that somebody's record has anyway: the mobile number for short messages.
func (in *Installation) knownAddress(ctx context.Context, to string, c notice.Channel) (string, error) {
	if c.Kind() != channel.SMS {
		return "", nil
	}
	return in.Members.MobileOf(ctx, to)
}

// outsideWords is what a message to outside says: how many things of which kind wait, and where to read of them. No name, no
// organisation, no day; of a duty that an organisation has decided itself not even the title, which is free text.
func (in *Installation) outsideWords(ctx context.Context, to string, c notice.Content) (title, text string, err error) {
	var lang string
	if _, err := in.DB.As(store.System("message")).One(ctx, "SELECT language FROM {account} WHERE (member_id = ? OR id = ?) AND state = 'active' ORDER BY id LIMIT 1", []any{to, to}, &lang); err != nil {
		return "", "", err
	}
	if lang == "" {
		lang = words.Chinese
	}
	ctx = words.With(ctx, lang)
	var said []string
	for _, l := range duty.Reminded(c.Lines) {
		name := duty.Title(timeline.Name(l.Duty))
		if name == "" {
			name = words.Mark("本地规定的事")
		}
		said = append(said, words.T(ctx, duty.LineSays(l), words.T(ctx, name), l.N))
	}
	if len(said) > 0 {
		text = words.T(ctx, "该办的事：%s。", strings.Join(said, words.T(ctx, "；")))
	}
	if c.Others > 0 {
		text += words.T(ctx, "有 %d 条新通知。", c.Others)
	}
	text += words.T(ctx, "请登录查看。")
	if in.Config.Origin != "" {
		text += strings.TrimSuffix(in.Config.Origin, "/") + "/inbox"
	}
	return words.T(ctx, "支部\x04系统名"), text, nil
}
