package installation

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"zhibu/internal/store"
)

// begun is when the process began, near enough.
var begun = time.Now()

// WriteMetrics writes what whoever watches the machine asks for. There is no personal data in it.
func (in *Installation) WriteMetrics(ctx context.Context, w io.Writer) error {
	var b bytes.Buffer
	m := Metrics{&b}
	m.head("zhibu_build_info", "gauge", "The program.")
	fmt.Fprintf(&b, "zhibu_build_info{version=%q,go=%q,engine=%q,schema=\"%d\"} 1\n", Version, runtime.Version(), in.DB.Engine(), store.Generation())
	in.Meter.write(m)
	in.processMetrics(m)
	if err := in.ledgerMetrics(ctx, m); err != nil {
		return err
	}
	if err := in.careMetrics(ctx, m); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (in *Installation) processMetrics(m Metrics) {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	m.one("process_start_time_seconds", "gauge", "When the process began.", float64(begun.Unix()))
	m.one("go_goroutines", "gauge", "Goroutines.", float64(runtime.NumGoroutine()))
	m.one("go_memstats_heap_inuse_bytes", "gauge", "Heap in use.", float64(mem.HeapInuse))
	m.one("go_memstats_sys_bytes", "gauge", "Memory taken from the system.", float64(mem.Sys))
	if free, err := room(string(in.Dir)); err == nil {
		m.one("zhibu_disk_free_bytes", "gauge", "Room left where the directory lies.", float64(free))
	}
	if !in.DB.IsPostgres() {
		var size int64
		for _, path := range []string{in.DB.File(), in.DB.File() + "-wal", in.DB.KeysFile()} {
			if info, err := os.Stat(path); err == nil {
				size += info.Size()
			}
		}
		m.one("zhibu_database_bytes", "gauge", "Size of the database files.", float64(size))
	}
	if in.Config.TLSCert != "" {
		if ends, err := CertificateEnds(in.Config); err == nil {
			m.one("zhibu_certificate_end_time_seconds", "gauge", "When the certificate ends.", float64(ends.Unix()))
		}
	}
}

// ledgerMetrics tell how far the chain is.
func (in *Installation) ledgerMetrics(ctx context.Context, m Metrics) error {
	r := in.DB.As(store.System("metrics"))
	for _, g := range []struct{ name, help, query string }{
		{"zhibu_chain_size", "Acts in the audit chain.", "SELECT coalesce(max(idx) + 1, 0) FROM {leaf}"},
		{"zhibu_chain_waiting", "Acts that wait to be chained.", "SELECT count(*) FROM {waiting}"},
		{"zhibu_imports_running", "Imports that are being worked.", "SELECT count(*) FROM {job} WHERE kind = 'import'"},
		{"zhibu_sessions", "Signed-in browsers.", "SELECT count(*) FROM {session}"},
	} {
		var n int64
		if _, err := r.One(ctx, g.query, nil, &n); err != nil {
			return err
		}
		m.one(g.name, "gauge", g.help, float64(n))
	}
	if w, err := in.Ledger.Witness(); err == nil {
		m.one("zhibu_witness_size", "gauge", "Acts that the witness file vouches for.", float64(w.Size))
	}
	return nil
}

// careMetrics tell when it was last made sure that nothing would be lost; 0 is never.
func (in *Installation) careMetrics(ctx context.Context, m Metrics) error {
	backup, err := in.lastBackup(ctx)
	if err != nil {
		return err
	}
	drill, err := in.LastDrill(ctx)
	if err != nil {
		return err
	}
	seconds := func(t time.Time) float64 {
		if t.IsZero() {
			return 0
		}
		return float64(t.Unix())
	}
	m.one("zhibu_backup_time_seconds", "gauge", "When the last backup was made.", seconds(backup))
	m.one("zhibu_drill_time_seconds", "gauge", "When a trial restore last succeeded.", seconds(drill))
	return nil
}
