package web

import (
	"strings"
	"testing"
	"time"

	"healthcode/models"
)

func TestAlarmsPage(t *testing.T) {
	t.Parallel()
	by := models.Auditor{Staff: models.Staff{ID: "me", Display: "Auditor 1", Role: models.RoleAuditor, Jurisdiction: "330100"}}
	in := Alarms{Places: append(Places{{Code: "330100", Name: models.Text{"zh": "杭州市", "en": "Hangzhou"}}}, places...), Names: map[string]string{"you": "Lead 2"}, Unread: 1}
	for i, kind := range models.AlarmKinds() {
		in.List = append(in.List, models.Alarm{ID: string(kind), Kind: kind, Office: "330110", Lever: models.Levers()[i].Lever, Subject: "facts", By: "you", People: 21, At: queueNoon.Add(-time.Duration(i) * time.Hour)})
	}
	make := func(p Page) Framed { return NewAlarmsPage(p, by, in) }
	holds(t, "alarms", make, []string{`data-up-to="2022-03-14T04:00:00Z"`, "Lead 2", "21", "Auditor 1", `href="/console/alarms"`}, []string{"{people}", "{cap}"})
	html := rendered(t, make(page("en")))
	if n := strings.Count(html, "data-overdue"); n != 1 {
		t.Errorf("%d are new, want 1", n)
	}
	for _, want := range []string{"1 unread", "Yuhang", "beyond 20 you are told", "Mark all as read (1)", "Hangzhou"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	in.Unread = 0
	holds(t, "alarms, read", make, []string{"Lead 2"}, []string{`id="read"`, "data-overdue", `class="tag`})
	in.List = nil
	holds(t, "no alarms", make, []string{`class="card"`}, []string{"<table"})
}
