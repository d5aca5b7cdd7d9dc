package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// spent is what something cost: time on the clock, and time of the processors in this process.
type spent struct{ wall, cpu time.Duration }

func (s spent) add(o spent) spent { return spent{s.wall + o.wall, s.cpu + o.cpu} }

func (s spent) sub(o spent) spent { return spent{s.wall - o.wall, s.cpu - o.cpu} }

func (s spent) String() string { return ms(s.wall) + " (CPU " + ms(s.cpu) + ")" }

// cost runs something and says what it cost.
func cost(fn func() error) (spent, error) {
	cpu, start := processor(), time.Now()
	err := fn()
	return spent{time.Since(start), processor() - cpu}, err
}

func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// median of times; the list is sorted by it.
func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	if len(list) == 0 {
		return 0
	}
	return (list[len(list)/2] + list[(len(list)-1)/2]) / 2
}

func quantile(list []time.Duration, q float64) time.Duration {
	slices.Sort(list)
	if len(list) == 0 {
		return 0
	}
	return list[min(len(list)-1, int(float64(len(list))*q))]
}

// medianOf takes the median of clock and processor each for itself.
func medianOf(list []spent) spent {
	var wall, cpu []time.Duration
	for _, s := range list {
		wall, cpu = append(wall, s.wall), append(cpu, s.cpu)
	}
	return spent{median(wall), median(cpu)}
}

// memory reads a value of a process's status in MB: VmRSS now, VmHWM at its highest.
func memory(pid int, field string) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			kb, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return float64(kb) / 1024, err
		}
	}
	return 0, fmt.Errorf("no %s", field)
}

// fsyncCost is the median of what the disk asks for a page that must stay.
func fsyncCost(dir string) (time.Duration, error) {
	f, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 4096)
	var all []time.Duration
	for range 100 {
		start := time.Now()
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		all = append(all, time.Since(start))
	}
	return median(all), nil
}

// copyFiles copies the files of a directory into a new one, and the directories in it.
func copyFiles(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return os.CopyFS(to, os.DirFS(from))
}
