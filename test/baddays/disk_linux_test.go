package baddays

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// disk is a place for a city whose space can be taken away and given back.
type disk interface {
	dir() string
	serve(c *city, token string) *server
	run(c *city, args ...string) said // a command on it
	fill(s *server)
	free(s *server)
	sentence() string // what the program says
}

// smallDisk is a file system of its own, as only root may mount one.
type smallDisk struct{ mount, filler string }

func mountSmall(t *testing.T) (disk, error) {
	d := smallDisk{mount: t.TempDir()}
	d.filler = filepath.Join(d.mount, "filler")
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=48m", "zhibu-test", d.mount).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	t.Cleanup(func() { exec.Command("umount", "-l", d.mount).Run() })
	return d, nil
}

func (d smallDisk) dir() string                         { return filepath.Join(d.mount, "city") }
func (d smallDisk) sentence() string                    { return "磁盘已满" }
func (d smallDisk) run(c *city, args ...string) said    { return c.run(args...) }
func (d smallDisk) serve(c *city, token string) *server { return c.serve(token) }

func (d smallDisk) fill(s *server) {
	s.t.Helper()
	f, err := os.Create(d.filler)
	s.must(err)
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 { // to the last byte
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
}

func (d smallDisk) free(s *server) { s.must(os.Remove(d.filler)) }

// limited is the same for who may not mount: files may not grow, by the process's own limit.
type limited struct{ place string }

func (l limited) dir() string      { return l.place }
func (l limited) sentence() string { return "磁盘" }

func (l limited) run(c *city, args ...string) said {
	c.t.Helper()
	cmd := c.command(args...)
	return c.finish(exec.Command("sh", append([]string{"-c", `ulimit -S -f 0; exec "$0" "$@"`, program}, cmd.Args[1:]...)...))
}

func (l limited) serve(c *city, token string) *server { return c.serve(token) }
func (l limited) fill(s *server)                      { l.limit(s, "1:") }
func (l limited) free(s *server)                      { l.limit(s, "unlimited:") }

func (l limited) limit(s *server, size string) {
	s.t.Helper()
	if out, err := exec.Command("prlimit", "--pid", strconv.Itoa(s.cmd.Process.Pid), "--fsize="+size).CombinedOutput(); err != nil {
		s.t.Fatalf("prlimit: %v: %s", err, out)
	}
}

// With the disk full, writes, imports and backups end with a sentence and leave nothing half-written, pages are still
// read, and when there is space again the same server goes on.
func TestFullDisk(t *testing.T) {
	full := func(t *testing.T, d disk) {
		c := copyTo(t, d.dir())
		c.takeIn()
		token := c.tokenOf("party-worker")
		before := c.visible()
		s := d.serve(c, token)
		p := s.members(1)[0]
		code, p, why, err := s.mend(p, "磁盘未满")
		if err != nil || code != 200 {
			t.Fatalf("%d %+v %v", code, why, err)
		}
		big := c.sheet(0, 4000)

		d.fill(s)
		refused := 0
		for i := range 40 { // a little room is left in the log that is there already
			code, now, why, err := s.mend(p, fmt.Sprint("磁盘满了", i))
			c.must(err)
			if code == 200 {
				p = now
				continue
			}
			refused++
			if code != 503 || !strings.Contains(why.Detail+why.Title, d.sentence()) {
				t.Errorf("on a full disk: %d %+v", code, why)
			}
			if refused == 3 {
				break
			}
		}
		if refused < 3 {
			t.Fatal("forty writes found room on a full disk")
		}
		if got := s.members(1)[0]; got.Version < p.Version {
			t.Errorf("acknowledged %+v, read %+v", p, got)
		}
		d.run(c, "import", "roster", big, "--org", c.town()).ends(1, "磁盘")
		if out := d.run(c, "backup", "--to", "file://"+filepath.ToSlash(filepath.Join(filepath.Dir(d.dir()), "backup"))).ends(1); strings.Contains(out.err, "goroutine") {
			t.Errorf("%s", out.err)
		}

		d.free(s)
		if n := c.visible(); n != before {
			t.Errorf("%d members are visible, want %d", n, before)
		}
		if code, now, why, err := s.mend(p, "又有地方了"); err != nil || code != 200 || now.Occupation != "又有地方了" {
			t.Errorf("with space again: %d %+v %v", code, why, err)
		}
		c.run("import", "roster", big, "--org", c.town()).ends(0, "新增 4000")
		c.run("backup", "--to", "file://"+filepath.ToSlash(filepath.Join(t.TempDir(), "backup"))).ends(0)
		s.stop()
		if n := c.visible(); n != before+4000 {
			t.Errorf("%d members, want %d", n, before+4000)
		}
		c.sound()
	}
	if d, err := mountSmall(t); err == nil {
		t.Run("a small disk", func(t *testing.T) { full(t, d) })
	} else if !errors.Is(err, os.ErrPermission) {
		t.Logf("no disk of its own: %v", err)
	}
	t.Run("files that may not grow", func(t *testing.T) { full(t, limited{filepath.Join(t.TempDir(), "city")}) })
}
