package archive_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"zhibu/internal/fault"
	"zhibu/internal/store"
	"zhibu/internal/trust/archive"
)

// s3 is a bucket «vault» as S3-compatible servers give it, in memory: objects, lists, uploads in parts.
type s3 struct {
	mu      sync.Mutex
	objects map[string][]byte
	parts   map[string]map[string][]byte
	writes  int
	failAt  int // number of the write from which on the server refuses, 0 never
}

func (s *s3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if !strings.Contains(r.Header.Get("Authorization"), "Credential=test-key/") {
		s.fail(w, http.StatusForbidden, "AccessDenied")
		return
	}
	if bucket != "vault" {
		s.fail(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	body, _ := io.ReadAll(r.Body)
	q := r.URL.Query()
	if r.Method == http.MethodPut || r.Method == http.MethodPost {
		if s.writes++; s.failAt > 0 && s.writes >= s.failAt {
			s.fail(w, http.StatusForbidden, "AccessDenied")
			return
		}
	}
	switch {
	case r.Method == http.MethodGet && key == "":
		s.list(w, q.Get("prefix"))
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		s.give(w, key)
	case r.Method == http.MethodPut && q.Has("partNumber"):
		s.parts[q.Get("uploadId")][fmt.Sprintf("%05s", q.Get("partNumber"))] = body
		w.Header().Set("ETag", `"part"`)
	case r.Method == http.MethodPut:
		s.objects[key] = body
		w.Header().Set("ETag", `"whole"`)
	case r.Method == http.MethodPost && q.Has("uploads"):
		id := fmt.Sprint("upload-", len(s.parts))
		s.parts[id] = map[string][]byte{}
		fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", id)
	case r.Method == http.MethodPost && q.Has("uploadId"):
		s.objects[key] = s.join(q.Get("uploadId"))
		fmt.Fprint(w, `<CompleteMultipartUploadResult><ETag>"joined"</ETag></CompleteMultipartUploadResult>`)
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		s.fail(w, http.StatusNotImplemented, "NotImplemented")
	}
}

func (s *s3) fail(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
}

func (s *s3) give(w http.ResponseWriter, key string) {
	b, ok := s.objects[key]
	if !ok {
		s.fail(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	w.Header().Set("Last-Modified", "Mon, 23 Nov 2026 01:00:00 GMT")
	w.Write(b)
}

func (s *s3) list(w http.ResponseWriter, prefix string) {
	type content struct {
		Key          string
		Size         int
		LastModified string
		ETag         string
	}
	var out struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		IsTruncated bool
		Contents    []content
	}
	for key, b := range s.objects {
		if strings.HasPrefix(key, prefix) {
			out.Contents = append(out.Contents, content{key, len(b), "2026-11-23T01:00:00Z", `"x"`})
		}
	}
	slices.SortFunc(out.Contents, func(a, b content) int { return strings.Compare(a.Key, b.Key) })
	xml.NewEncoder(w).Encode(out)
}

func (s *s3) join(upload string) (all []byte) {
	numbers := make([]string, 0, len(s.parts[upload]))
	for n := range s.parts[upload] {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		all = append(all, s.parts[upload][n]...)
	}
	return all
}

func TestS3(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test-key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
	server := &s3{objects: map[string][]byte{}, parts: map[string]map[string][]byte{}}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	h := build(t, store.Config{Dir: t.TempDir()})
	parameters := "?region=cn-north-1&endpoint=" + web.URL
	h.to = "s3://vault/town" + parameters
	h.bulk(40000) // more than one part
	h.note("one", "第一件")
	first := h.backup()
	if len(server.parts) == 0 {
		t.Error("the pack did not go up in parts")
	}
	for key, b := range server.objects {
		if !strings.HasPrefix(key, "town/") || strings.Contains(string(b), "第一件") {
			t.Errorf("%s: outside of the prefix, or readable", key)
		}
	}
	h.clock.t = h.clock.t.Add(days(3))
	h.note("two", "第二件")
	second, err := h.Backup(ctx, h.to, archive.Retention{Days: 1, KeyDays: 35}, nil)
	h.must(err)
	if second.Added > first.Added/4 || len(second.Pruned) != 1 {
		t.Errorf("%+v after %+v", second, first)
	}
	if _, db, _ := h.revive(h.options()); h.notes(db) != "one two" {
		t.Error(h.notes(db))
	}

	server.failAt = server.writes + 3
	h.clock.t = h.clock.t.Add(days(1))
	h.note("three", "第三件")
	_, err = h.Backup(ctx, h.to, archive.DefaultRetention, nil)
	h.refused(err, fault.Unavailable, "读写出错")
	server.failAt = 0
	if r, _, _ := h.revive(h.options()); r.Run != second.Run {
		t.Errorf("restored %s", r.Run)
	}
	_, err = h.Backup(ctx, "s3://absent"+parameters, archive.DefaultRetention, nil)
	h.refused(err, fault.Unavailable, "没有这个桶")
	_, err = h.Backup(ctx, "s3://", archive.DefaultRetention, nil)
	h.refused(err, fault.Invalid, "s3://")
	_, err = h.Backup(ctx, "s3://vault?nonsense=1", archive.DefaultRetention, nil)
	h.refused(err, fault.Unavailable, "打不开")
	t.Setenv("AWS_ACCESS_KEY_ID", "other-key")
	_, err = archive.List(ctx, h.to)
	h.refused(err, fault.Unavailable, "AccessDenied")
}
