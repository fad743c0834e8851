package web

import (
	"cmp"
	"fmt"
	"time"

	"healthcode/models"
)

// AlarmsPage is what an auditor is told of what the offices did.
type AlarmsPage struct {
	Page
	StaffBar
	Place  string
	Unread int
	UpTo   string // the instant of the latest, as the service takes it
	Rows   []AlarmRow
}

// AlarmRow is one alarm in words.
type AlarmRow struct {
	Kind, Office, Lever, By string
	Says                    string
	At                      time.Time
	New                     bool // not read yet
}

// Alarms is what an AlarmsPage is made of.
type Alarms struct {
	List   []models.Alarm // the latest first
	Unread int
	Places Places
	Names  map[string]string // displays of staff, by id
}

// NewAlarmsPage makes the page.
func NewAlarmsPage(p Page, by models.Auditor, in Alarms) AlarmsPage {
	out := AlarmsPage{Page: p, StaffBar: StaffBar{by.Display, by.Role}, Place: in.Places.Name(p, by.Jurisdiction), Unread: in.Unread}
	for i, a := range in.List {
		row := AlarmRow{Kind: p.T("alarm.kind." + string(a.Kind)), Office: in.Places.Name(p, a.Office), Lever: "—", By: cmp.Or(in.Names[a.By], "—"), At: a.At, New: i < in.Unread,
			Says: p.T("alarm.says."+string(a.Kind), "people", fmt.Sprint(a.People), "alarm", fmt.Sprint(models.RedAlarm), "cap", fmt.Sprint(models.RedCap), "table", a.Subject)}
		if a.Lever != "" {
			row.Lever = p.T("lever." + string(a.Lever))
		}
		out.Rows = append(out.Rows, row)
	}
	if in.Unread > 0 {
		out.UpTo = in.List[0].At.UTC().Format(time.RFC3339Nano)
	}
	return out
}
