package document

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"zhibu/internal/fault"
)

// The string that every scanner calls a virus, in two parts, so that none calls this file one.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-` + `STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// service is a small scanner that speaks as ClamAV's does.
func service(t *testing.T, answer func(file []byte) string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			hello := make([]byte, len("zINSTREAM\x00"))
			var file []byte
			for _, err = io.ReadFull(conn, hello); err == nil; {
				var n [4]byte
				if _, err = io.ReadFull(conn, n[:]); err != nil || binary.BigEndian.Uint32(n[:]) == 0 {
					break
				}
				piece := make([]byte, binary.BigEndian.Uint32(n[:]))
				_, err = io.ReadFull(conn, piece)
				file = append(file, piece...)
			}
			if err == nil && string(hello) == "zINSTREAM\x00" {
				_, _ = io.WriteString(conn, answer(file))
			}
			conn.Close()
		}
	}()
	return "clamd://" + l.Addr().String()
}

func judge(file []byte) string {
	if bytes.Contains(file, eicar) {
		return "stream: Eicar-Test-Signature FOUND\x00"
	}
	return "stream: OK\x00"
}

func TestScanners(t *testing.T) {
	large := bytes.Repeat([]byte("harmless "), 30000)
	script := filepath.Join(t.TempDir(), "scan.sh")
	program := "#!/bin/sh\nif grep -q 'EICAR-STANDARD' ; then exit 1; fi\nexit 0\n"
	if err := os.WriteFile(script, []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	scanners := map[string]Scanner{"service": Scanner(service(t, judge))}
	if runtime.GOOS != "windows" {
		scanners["command"] = Scanner("command:/bin/sh " + script)
	}
	for name, s := range scanners {
		if err := s.check(context.Background(), large); err != nil {
			t.Errorf("%s, harmless: %v", name, err)
		}
		if err := s.check(context.Background(), append(large, eicar...)); fault.Of(err) != fault.Invalid {
			t.Errorf("%s, infected: %v", name, err)
		}
	}
	for name, s := range map[string]Scanner{
		"not there":      "clamd://127.0.0.1:1",
		"hangs up":       Scanner(service(t, func([]byte) string { return "" })),
		"full":           Scanner(service(t, func([]byte) string { return "INSTREAM size limit exceeded. ERROR\x00" })),
		"no program":     "command:/nowhere/scanner",
		"program breaks": "command:/bin/sh /nowhere/scan.sh",
		"nonsense":       "perhaps",
	} {
		if err := s.check(context.Background(), large); fault.Of(err) != fault.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Scanner("").check(context.Background(), eicar); err != nil {
		t.Errorf("without a scanner: %v", err)
	}
}

// The mark is all over the picture.
func TestWatermark(t *testing.T) {
	plain := asJPEG(t, corner(900, 1200))
	marked, err := watermark(plain, "李文静 liwenjing 331-002 2026-11-23 15:30")
	if err != nil || bytes.Equal(plain, marked) {
		t.Fatal(err)
	}
	a, b := differing(t, plain, marked)
	if a < b/40 {
		t.Errorf("only %d of %d pixels are marked", a, b)
	}
}
