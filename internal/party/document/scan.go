package document

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"time"

	"zhibu/internal/fault"
)

// Scanner is the address of a virus scanner: clamd://host:port speaks the protocol of ClamAV's service; command:… is a
// program that reads the file from its standard input and ends with 0 (clean), 1 (infected) or anything else (not
// scanned). "" scans nothing. Nothing that is taken in is ever run or handed out as it came; a scanner is for those
// whose rules ask for one.
type Scanner string

const scanTime = 2 * time.Minute

// check refuses what the scanner finds, and everything while it cannot be asked.
func (s Scanner) check(ctx context.Context, b []byte) error {
	if s == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	infected, err := s.ask(ctx, b)
	switch {
	case err != nil:
		return fault.New(fault.Unavailable, "病毒扫描程序没有回应，文件没有收下。请联系系统管理员，稍后再传。").At("file").Because(err)
	case infected:
		return fault.New(fault.Invalid, "病毒扫描认为这个文件有病毒，没有收下。请换一台设备重新扫描，不要再打开这个文件。").At("file")
	}
	return nil
}

func (s Scanner) ask(ctx context.Context, b []byte) (infected bool, err error) {
	if address, ok := strings.CutPrefix(string(s), "clamd://"); ok {
		return askService(ctx, address, b)
	}
	if line, ok := strings.CutPrefix(string(s), "command:"); ok && strings.TrimSpace(line) != "" {
		return askCommand(ctx, strings.Fields(line), b)
	}
	return false, fmt.Errorf("document: scanner %q begins neither with clamd:// nor with a command", string(s))
}

func askCommand(ctx context.Context, line []string, b []byte) (bool, error) {
	c := exec.CommandContext(ctx, line[0], line[1:]...)
	c.Stdin = bytes.NewReader(b)
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return true, nil
	}
	return false, err
}

// askService sends the file as INSTREAM: pieces with their length in front, then a length of 0.
func askService(ctx context.Context, address string, b []byte) (bool, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return false, err
		}
	}
	w := bufio.NewWriter(conn)
	_, _ = w.WriteString("zINSTREAM\x00") // a bufio.Writer tells its error at Flush
	for len(b) > 0 {
		piece := b[:min(len(b), 1<<16)]
		_, _ = w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(piece))))
		_, _ = w.Write(piece)
		b = b[len(piece):]
	}
	_, _ = w.Write([]byte{0, 0, 0, 0})
	if err := w.Flush(); err != nil {
		return false, err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 4096))
	if err != nil {
		return false, err
	}
	text := strings.TrimRight(string(answer), "\x00\n")
	switch {
	case strings.HasSuffix(text, " FOUND"):
		return true, nil
	case strings.HasSuffix(text, ": OK"):
		return false, nil
	}
	return false, fmt.Errorf("document: the scanner answered %q", text)
}
