package baddays

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// kills is how often each loop kills; three loops on SQLite make more than twenty.
func kills(c *city) int {
	if c.url != "" {
		return 3
	}
	return 8
}

func moment(random *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(most)))
}

// An import killed at any row leaves the whole batch or none of it; the same command run again finishes; what was
// left of others is cleared by the next server, and everything fits.
func TestKilledWhileImporting(t *testing.T) {
	eachEngine(t, func(c *city) {
		const rows = 2500
		random := rand.New(rand.NewPCG(seed, 1))
		expected := c.visible()
		var last string
		midway, lastIn := 0, false
		for i := range kills(c) {
			last = c.sheet(i*rows, rows)
			cmd := c.command("import", "roster", last, "--org", c.town())
			steps, err := cmd.StderrPipe()
			c.must(err)
			c.must(cmd.Start())
			lines := bufio.NewScanner(steps)
			for lines.Scan() && !strings.HasPrefix(lines.Text(), "导入 ") { // a thousand rows are written
			}
			time.Sleep(moment(random, 150*time.Millisecond))
			cmd.Process.Kill()
			io.Copy(io.Discard, steps)
			cmd.Wait()
			n := c.visible()
			if lastIn = n == expected+rows; lastIn {
				expected = n
			} else {
				midway++
			}
			if n != expected {
				t.Fatalf("kill %d: %d members are visible, want %d or %d more", i, n, expected, rows)
			}
		}
		if midway == 0 {
			t.Error("every import had ended before it was killed: the test kills too late")
		}
		again := c.run("import", "roster", last, "--org", c.town()).ends(0)
		if lastIn {
			again.says(fmt.Sprintf("不变 %d", rows))
		} else {
			again.says(fmt.Sprintf("新增 %d", rows))
			expected += rows
		}
		s := c.serve("")
		for deadline := time.Now().Add(60 * time.Second); c.hidden() > 0 && time.Now().Before(deadline); {
			time.Sleep(100 * time.Millisecond)
		}
		s.stop()
		if n, left := c.visible(), c.hidden(); n != expected || left > 0 {
			t.Errorf("%d members, want %d; %d batches are left", n, expected, left)
		}
		c.sound()
	})
}

// A server killed while it takes small writes loses none that it acknowledged: every one is there, with its event.
func TestKilledWhileWriting(t *testing.T) {
	eachEngine(t, func(c *city) {
		const writers = 3
		c.takeIn()
		random := rand.New(rand.NewPCG(seed, 2))
		token := c.tokenOf("party-worker")
		known := make([]person, writers) // as acknowledged
		acknowledged := 0
		for round := range kills(c) {
			s := c.serve(token)
			if round == 0 {
				copy(known, s.members(writers))
			}
			for i, p := range known {
				var now person
				if code, err := s.ask("GET", "/members/"+p.ID, nil, &now); err != nil || code != 200 {
					t.Fatalf("%d, %v", code, err)
				}
				// What was under way when the process died may be there or not; it is whole either way.
				if now.Version != p.Version && now.Version != p.Version+1 || now.Version == p.Version && now.Occupation != p.Occupation {
					t.Errorf("round %d: acknowledged %+v, found %+v", round, p, now)
				}
				known[i] = now
			}
			var wg sync.WaitGroup
			var first sync.Once
			begun := make(chan struct{})
			counts := make([]int, writers)
			for i := range known {
				wg.Go(func() {
					for n := 0; ; n++ {
						code, now, why, err := s.mend(known[i], fmt.Sprintf("第 %d 轮第 %d 次", round, n))
						if err != nil {
							return // killed
						}
						if code != 200 {
							t.Errorf("%d: %+v", code, why)
							first.Do(func() { close(begun) })
							return
						}
						known[i] = now
						counts[i]++
						first.Do(func() { close(begun) })
					}
				})
			}
			<-begun
			time.Sleep(moment(random, 300*time.Millisecond))
			s.kill()
			wg.Wait()
			for _, n := range counts {
				acknowledged += n
			}
		}
		t.Logf("%d writes were acknowledged between the kills", acknowledged)
		s := c.serve(token)
		var list struct {
			Items []struct{ Kind string }
		}
		for i, p := range known {
			if code, err := s.ask("GET", "/members/"+p.ID, nil, &known[i]); err != nil || code != 200 || known[i].Version < p.Version {
				t.Errorf("acknowledged %+v, found %+v (%d, %v)", p, known[i], code, err)
			}
		}
		if code, err := s.ask("GET", "/events?limit=1", nil, &list); err != nil || code != 200 {
			t.Errorf("events: %d, %v", code, err)
		}
		s.stop()
		c.sound()
	})
}

// An approval of an import's clean rows that is killed goes on by itself when the program is there again: each row is
// approved once, by the reviewer, and what was approved before the kill stays.
func TestKilledWhileApproving(t *testing.T) {
	eachEngine(t, func(c *city) {
		const rows = 4000
		random := rand.New(rand.NewPCG(seed, 4))
		c.run("import", "roster", c.sheet(0, rows), "--org", c.town()).ends(0)
		var batch struct {
			Items []struct{ ID string }
		}
		worker := c.serve(c.tokenOf("party-worker"))
		if code, err := worker.ask("GET", "/imports?limit=1", nil, &batch); err != nil || code != 200 || len(batch.Items) != 1 {
			t.Fatalf("%d, %v, %v", code, err, batch)
		}
		worker.stop()
		id, token := batch.Items[0].ID, c.tokenOf("reviewer")
		const approved = "SELECT count(*) FROM {member} WHERE batch = ? AND review = 'reviewed'"
		before := c.counted("SELECT count(*) FROM {act} WHERE subject_id = ? AND kind = 'review.approve'", id)
		midway := 0
		s := c.serve(token)
		if code, err := s.ask("POST", "/imports/"+id+"/approve-clean", map[string]any{}, nil); err != nil || code != 200 {
			t.Fatalf("beginning: %d, %v", code, err)
		}
		var far struct {
			Running     bool
			Done, Total int
			Message     string
		}
		last := 0
		for range 3 {
			for deadline := time.Now().Add(30 * time.Second); c.counted(approved, id) <= last && time.Now().Before(deadline); {
				time.Sleep(5 * time.Millisecond) // until the next piece is in
			}
			time.Sleep(moment(random, 30*time.Millisecond))
			s.kill()
			n := c.counted(approved, id)
			if n < last {
				t.Errorf("%d were approved, %d after the kill", last, n)
			}
			last = n
			s = c.serve(token)
			if code, err := s.ask("GET", "/imports/"+id+"/approve-clean", nil, &far); err != nil || code != 200 {
				t.Fatalf("%d, %v", code, err)
			}
			if far.Running && far.Done > 0 {
				midway++
			}
			if !far.Running {
				break
			}
		}
		if midway == 0 {
			t.Error("the approval had ended before it was killed: the test kills too late")
		}
		for deadline := time.Now().Add(60 * time.Second); far.Running && time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
			if code, err := s.ask("GET", "/imports/"+id+"/approve-clean", nil, &far); err != nil || code != 200 {
				t.Fatalf("%d, %v", code, err)
			}
		}
		s.stop()
		is := c.counted(approved, id)
		if far.Running || far.Message != "" || far.Done != far.Total || is != far.Total || is == 0 {
			t.Errorf("%d approved; %+v", is, far)
		}
		twice := c.counted("SELECT count(*) FROM {member} WHERE batch = ? AND review = 'reviewed' AND version <> 2", id)
		acts := c.counted("SELECT count(*) FROM {act} WHERE subject_id = ? AND kind = 'review.approve'", id) - before
		if twice != 0 || acts != (is+499)/500 {
			t.Errorf("%d rows were judged more than once; %d acts for %d rows", twice, acts, is)
		}
		c.sound()
	})
}

// A backup killed at any moment neither harms the earlier one nor stands in the way of the next.
func TestKilledWhileBackingUp(t *testing.T) {
	c := onSQLite(t)
	random := rand.New(rand.NewPCG(seed, 3))
	bucket := filepath.Join(t.TempDir(), "backup")
	to := "file://" + filepath.ToSlash(bucket)
	c.run("import", "roster", c.sheet(0, 3000), "--org", c.town()).ends(0)
	expected := c.visible()
	c.run("backup", "--to", to).ends(0)
	broken := 0
	for i := range 6 {
		c.run("account", "recover", "--login", "auditor", "--reason", fmt.Sprint("第 ", i, " 次")).ends(0) // something new to back up
		cmd := c.command("backup", "--to", to)
		c.must(cmd.Start())
		time.Sleep(40*time.Millisecond + moment(random, 250*time.Millisecond))
		cmd.Process.Kill()
		if cmd.Wait() != nil {
			broken++
		}
	}
	if broken == 0 {
		t.Error("every backup had ended before it was killed: the test kills too late")
	}
	restored := &city{t, filepath.Join(t.TempDir(), "restored"), ""}
	restored.run("restore", "--from", to, "--recovery", filepath.Join(c.dir, "recovery")).ends(0)
	if n := restored.visible(); n != expected {
		t.Errorf("%d members came back, want %d", n, expected)
	}
	restored.sound()
	c.run("backup", "--to", to).ends(0)
	c.sound()
}
