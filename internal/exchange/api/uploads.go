package api

import (
	"time"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/words"
)

// Upload is what was brought for a member's file and is taken apart page by page.
type Upload struct {
	ID      string    `json:"id" doc:"Identifier, also of the document that it becomes." example:"01KAS0000000000000000000GH"`
	Member  string    `json:"member" doc:"Identifier of the member." example:"01KAS0000000000000000000AB"`
	State   string    `json:"state" enum:"waiting,failed,done" doc:"waiting: in its turn or being worked on. done: GET /documents/{id}." example:"waiting"`
	Pages   int       `json:"pages" doc:"Pages done." example:"12"`
	Of      int       `json:"of" doc:"Pages known of; 0 before the first file was opened." example:"80"`
	Again   bool      `json:"again" doc:"It failed and may be tried once more." example:"false"`
	Message string    `json:"message,omitempty" doc:"Why it failed, and what to do."`
	At      time.Time `json:"at" doc:"When it was brought."`
}

type uploadGiven struct{ Body Upload }

func getUpload(c *call, in *ID) (*uploadGiven, error) {
	a, err := c.in.Documents.Arrival(c, c.actor(), in.ID)
	if fault.Of(err) == fault.NotFound {
		return c.uploaded(in.ID)
	}
	if err != nil {
		return nil, err
	}
	out := Upload{ID: a.ID, Member: a.Member, State: string(a.State), Pages: a.Pages, Of: a.Of, Again: a.Again, At: a.At}
	if a.Why != nil {
		out.Message = words.T(c, a.Why.Text, a.Why.Args...)
	}
	return &uploadGiven{out}, nil
}

// uploaded answers for the document that one's own upload has become.
func (c *call) uploaded(id string) (*uploadGiven, error) {
	r, err := c.reader(access.See, access.Document)
	if err != nil {
		return nil, fault.Missing()
	}
	d, err := c.in.Documents.ByID(c, r, id)
	if err == nil && d.Account != c.person.Account {
		err = fault.Missing()
	}
	return &uploadGiven{Upload{ID: id, Member: d.Member, State: "done", Pages: d.Pages, Of: d.Pages, At: d.At}}, err
}

func cancelUpload(c *call, in *ID) (*nothing, error) {
	return &nothing{}, c.in.Documents.Cancel(c, c.actor(), in.ID)
}

func retryUpload(c *call, in *ID) (*uploadGiven, error) {
	if err := c.in.Documents.Retry(c, c.actor(), in.ID); err != nil {
		return nil, err
	}
	return getUpload(c, in)
}
