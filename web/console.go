package web

import (
	"strconv"
	"time"

	"healthcode/models"
)

// ConsolePage is a queue: one page of what waits in a worker's communities, or of
// what came to a lead from those of the jurisdiction.
type ConsolePage struct {
	Page
	StaffBar
	Communities []string
	Rows        []QueueRow
	After       string // the id that this page begins after; "" on the first
	Next        string // the id that the next page begins after; "" on the last
}

// QueueRow is one matter of the queue.
type QueueRow struct {
	ID        string
	Kind      string
	Community string
	State     string
	Since     time.Time
	Waiting   string // how long, in words
	Due       time.Time
	Overdue   bool
	District  bool // an appeal that is no longer, or never was, the community's
	Mine      bool // claimed by the reader
	Taken     bool // claimed by a colleague
}

// queuePage is how many matters the store gives at once.
const queuePage = 50

// Queue is what a ConsolePage is made of.
type Queue struct {
	Reviews     []models.Review
	Communities []models.Community // the worker's own
	After       string             // as the reader asked
}

// NewConsolePage makes the queue as it stands at now.
func NewConsolePage(p Page, by models.Staff, q Queue, now time.Time) ConsolePage {
	out := ConsolePage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, After: q.After}
	names := map[string]string{}
	for _, c := range q.Communities {
		names[c.ID] = c.Name.In(p.Language)
		out.Communities = append(out.Communities, names[c.ID])
	}
	for _, r := range q.Reviews {
		out.Rows = append(out.Rows, queueRow(p, by, r, now))
		out.Rows[len(out.Rows)-1].Community = names[r.CommunityID]
	}
	if len(q.Reviews) == queuePage {
		out.Next = q.Reviews[queuePage-1].ID
	}
	return out
}

func queueRow(p Page, by models.Staff, r models.Review, now time.Time) QueueRow {
	row := QueueRow{ID: r.ID, Kind: p.T("console.kind." + string(r.Kind)), Since: r.CreatedAt, Due: r.DueAt,
		Waiting: waiting(p, now.Sub(r.CreatedAt)), Overdue: r.Late(now), District: r.Level == models.LevelDistrict,
		Mine: r.ClaimedBy == by.ID, Taken: r.ClaimedBy != "" && r.ClaimedBy != by.ID}
	state := string(r.State)
	switch {
	case r.State.Done():
	case row.Mine:
		state = "mine"
	case row.Taken:
		state = "taken"
	}
	row.State = p.T("console.state." + state)
	return row
}

// waiting says how long something has been lying there, in its largest unit.
func waiting(p Page, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return p.T("console.waiting.days", "n", strconv.Itoa(int(d/(24*time.Hour))))
	case d >= time.Hour:
		return p.T("console.waiting.hours", "n", strconv.Itoa(int(d/time.Hour)))
	default:
		return p.T("console.waiting.minutes", "n", strconv.Itoa(max(0, int(d/time.Minute))))
	}
}
