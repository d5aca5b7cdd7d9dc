package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestRequestsAreRefused: whatever is wrong with a request is a problem that names the place, in the caller's language.
func TestRequestsAreRefused(t *testing.T) {
	h := found(t, storeSQLite())
	const who = "party-worker"
	h.as(t, who, "GET", "/members?limit=201", nil).refuses(t, 422, "limit")
	h.as(t, who, "GET", "/members?limit=0", nil).refuses(t, 422, "limit")
	h.as(t, who, "GET", "/members?limit=many", nil).refuses(t, 422, "limit")
	h.as(t, who, "GET", "/members?offset=3", nil).refuses(t, 422, "offset")
	h.as(t, who, "GET", "/members?category=half", nil).refuses(t, 422, "category")
	h.as(t, who, "GET", "/members?after=nobody", nil).refuses(t, 422, "after")
	h.as(t, who, "GET", "/organisations?kind=branch", nil).refuses(t, 422, "kind")
	h.as(t, who, "GET", "/events?from=yesterday", nil).refuses(t, 422, "from")
	h.as(t, who, "POST", "/members", map[string]any{"organisation": "x", "reason": "x", "nickname": "x"}).refuses(t, 422, "nickname")
	h.as(t, who, "POST", "/members", map[string]any{"organisation": 7, "reason": "x"}).refuses(t, 422, "organisation")
	h.as(t, who, "POST", "/members", map[string]any{"organisation": "x", "reason": strings.Repeat("长", 501)}).refuses(t, 422, "reason")
	h.as(t, who, "POST", "/members", map[string]any{"organisation": "x"}).refuses(t, 422, "reason")
	h.as(t, who, "POST", "/members", raw{"application/json", []byte("{")}).problem(t, 400)
	h.as(t, who, "POST", "/members", raw{"application/json", nil}).problem(t, 400)
	h.as(t, who, "POST", "/members", raw{"text/xml", []byte("<a/>")}).problem(t, 415)
	h.as(t, who, "POST", "/members", raw{"application/json", append(append([]byte(`{"name":"`), bytes.Repeat([]byte("x"), 2<<20)...), `"}`...)}).problem(t, 413)
	h.as(t, who, "POST", "/imports?org=x", raw{"application/pdf", []byte("%PDF-1.7")}).problem(t, 415)
	h.as(t, who, "GET", "/nothing", nil).problem(t, 404)
	h.as(t, "", "GET", "/nothing", nil).problem(t, 401)
	if got := h.as(t, who, "PUT", "/members", nil); got.header.Get("Allow") != "GET, POST" {
		t.Error(got.header.Get("Allow"))
	} else {
		got.problem(t, 405)
	}
	for lang, want := range map[string]string{"": "没有", "en": "There is no", "en-GB,en;q=0.9": "There is no", "zh-CN,zh;q=0.9,en;q=0.5": "没有", "fr": "没有", "*": "没有", ";;": "没有"} {
		a := h.as(t, who, "GET", "/members?x=1", nil, "Accept-Language", lang)
		if p := a.refuses(t, 422, "x"); !strings.Contains(p.Detail, want) {
			t.Errorf("%s: %s", lang, p.Detail)
		}
	}
	a := h.as(t, who, "GET", "/members/01M00000000000000000000000", nil, "Accept-Language", "en")
	if p := a.problem(t, 404); !strings.HasPrefix(p.Title, "Not found") || p.Errors != nil || a.header.Get("Content-Language") != "en" || a.header.Get("X-Request-Id") == "" {
		t.Errorf("%+v %v", p, a.header)
	}
	if got := h.as(t, who, "HEAD", "/members", nil); got.status != 200 || len(got.body) != 0 {
		t.Error(got.status)
	}
}

// TestLinksLeadOn: the Link header of a page leads to the next one.
func TestLinksLeadOn(t *testing.T) {
	h := found(t, storeSQLite())
	a := h.as(t, "party-worker", "GET", "/members?limit=2", nil)
	next := a.want(t, 200)
	link := a.header.Get("Link")
	path, rest, _ := strings.Cut(strings.TrimPrefix(link, "</api/v1"), ">")
	if rest != `; rel="next"` {
		t.Fatal(link)
	}
	second := h.as(t, "party-worker", "GET", path, nil).want(t, 200).items()
	same := h.as(t, "party-worker", "GET", "/members?limit=2&after="+next.text("next"), nil).want(t, 200).items()
	if len(second) != 2 || second[0].text("id") != same[0].text("id") {
		t.Error(second)
	}
}

// TestWritesAreDoneOnce: the same request with the same key is done once, whoever asks at once or again.
func TestWritesAreDoneOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const who = "party-worker"
		branch := h.people["branch-secretary"].Grants[0].Org
		body := map[string]any{"organisation": branch, "reason": "补录", "document": "《入党志愿书》", "name": "石试", "idNumber": idNumber(9), "category": "full", "joined": "2015-06-28", "confirmed": "2016-06-28"}
		key := []string{"Idempotency-Key", "k-1"}
		first := h.as(t, who, "POST", "/members", body, key...)
		id := first.want(t, 201).text("id")
		again := h.as(t, who, "POST", "/members", body, key...)
		if again.status != 201 || string(again.body) != string(first.body) || again.header.Get("Location") != first.header.Get("Location") || again.header.Get("Idempotency-Replayed") != "true" {
			t.Error(again.status, string(again.body), again.header)
		}
		other := map[string]any{"organisation": branch, "reason": "补录", "document": "《入党志愿书》", "name": "别人", "idNumber": idNumber(10), "category": "full", "joined": "2015-06-28"}
		h.as(t, who, "POST", "/members", other, key...).refuses(t, 422, "Idempotency-Key")
		h.as(t, who, "PATCH", "/members/"+id, map[string]any{"version": 1, "occupation": "村医", "reason": "核对"}, key...).refuses(t, 422, "Idempotency-Key")
		h.as(t, "organisation-department", "POST", "/members", body, key...).refuses(t, 409, "idNumber") // another account, another key
		refused := h.as(t, who, "POST", "/members", map[string]any{"organisation": branch, "reason": "补录"}, "Idempotency-Key", "k-2")
		refused.problem(t, 422)
		if again := h.as(t, who, "POST", "/members", map[string]any{"organisation": branch, "reason": "补录"}, "Idempotency-Key", "k-2"); string(again.body) != string(refused.body) || again.header.Get("Idempotency-Replayed") == "" {
			t.Error(string(again.body))
		}
		h.as(t, who, "POST", "/members", body, "Idempotency-Key", strings.Repeat("k", 129)).refuses(t, 422, "Idempotency-Key")

		patch := map[string]any{"version": 1, "occupation": "村医", "reason": "核对"}
		h.as(t, who, "PATCH", "/members/"+id, patch, "Idempotency-Key", "k-3").want(t, 200)
		h.as(t, who, "PATCH", "/members/"+id, patch, "Idempotency-Key", "k-3").want(t, 200)
		h.as(t, who, "PATCH", "/members/"+id, patch).problem(t, 409)

		h.clock.add(25 * time.Hour)
		h.as(t, who, "POST", "/members", body, key...).refuses(t, 409, "idNumber") // the key has been forgotten: it is done anew
		h.keptIsSealed(t, "石试")
	})
}

// keptIsSealed: answers are kept, and nobody reads them in the table.
func (h *house) keptIsSealed(t *testing.T, name string) {
	t.Helper()
	rows := 0
	h.eachKept(t, func(body []byte) {
		rows++
		if bytes.Contains(body, []byte(name)) {
			t.Error("an answer is kept in plain")
		}
	})
	if rows == 0 {
		t.Error("no answer is kept")
	}
}

// TestManyAtOnce: of many equal requests at once one is done; the others get its answer, or are told to wait.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		branch := h.people["branch-secretary"].Grants[0].Org
		body := map[string]any{"organisation": branch, "reason": "补录", "document": "《入党志愿书》", "name": "石试", "idNumber": idNumber(11), "category": "full", "joined": "2015-06-28", "confirmed": "2016-06-28"}
		var wg sync.WaitGroup
		answers := make([]answer, 12)
		for i := range answers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				answers[i] = h.as(t, "party-worker", "POST", "/members", body, "Idempotency-Key", "at-once")
			}()
		}
		wg.Wait()
		made := 0
		for _, a := range answers {
			switch {
			case a.status == http.StatusCreated && a.header.Get("Idempotency-Replayed") == "":
				made++
			case a.status == http.StatusCreated, a.status == http.StatusConflict && strings.Contains(string(a.body), "Idempotency-Key"):
			default:
				t.Errorf("%d %s", a.status, a.body)
			}
		}
		if made != 1 {
			t.Errorf("done %d times", made)
		}
	})
}
