package api

import "zhibu/internal/trust/access"

// Quality is what is known of the data at and below an organisation.
type Quality struct {
	Members int64            `json:"members" doc:"Members on the register." example:"412"`
	Missing map[string]int64 `json:"missing" doc:"By field: how many records lack it."`
	Stale   int64            `json:"stale" doc:"Records of which some fact is to be confirmed again." example:"17"`
	Open    int64            `json:"open" doc:"Disputes that are not answered." example:"2"`
	Overdue int64            `json:"overdue" doc:"Those whose day is over." example:"0"`
	Since   string           `json:"since" doc:"First month of the causes." example:"2025-12"`
	Causes  map[string]int64 `json:"causes" doc:"By cause: how many settled disputes; never by person."`
	Pending QualityPending   `json:"pending" doc:"What waits for a second person; 1000 stands for that and more."`
}

// QualityPending is what waits for a second person, by age.
type QualityPending struct {
	Changes      int `json:"changes" doc:"Proposed changes." example:"12"`
	ChangesWeek  int `json:"changesOverWeek" doc:"Of these, older than seven days." example:"3"`
	ChangesMonth int `json:"changesOverMonth" doc:"Older than thirty days." example:"0"`
	Records      int `json:"records" doc:"Records that nobody has reviewed." example:"40"`
	RecordsWeek  int `json:"recordsOverWeek" doc:"Of these, older than seven days." example:"4"`
	RecordsMonth int `json:"recordsOverMonth" doc:"Older than thirty days." example:"0"`
}

type qualityGiven struct{ Body Quality }

func getQuality(c *call, in *ID) (*qualityGiven, error) {
	o, _, err := c.organisation(in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.person.Allow(access.See, access.Quality, o.Path, ""); err != nil {
		return nil, err
	}
	r, err := c.reader(access.See, access.Quality)
	if err != nil {
		return nil, err
	}
	q, err := c.in.Stewards.Quality(c, r, o.Path)
	if err != nil {
		return nil, err
	}
	w := q.Waiting
	out := Quality{Members: q.Members, Missing: map[string]int64{}, Stale: q.Stale, Open: q.Open, Overdue: q.Overdue, Since: q.From, Causes: map[string]int64{},
		Pending: QualityPending{w.All.Changes, w.Weeks.Changes, w.Months.Changes, w.All.Records, w.Weeks.Records, w.Months.Records}}
	for _, l := range q.Lacks {
		out.Missing[string(l.Field)] = l.N
	}
	for _, f := range q.Causes {
		out.Causes[string(f.Cause)] = f.N
	}
	return &qualityGiven{out}, nil
}
