package web

import (
	"strings"
	"testing"

	"healthcode/models"
)

func TestFiguresPage(t *testing.T) {
	t.Parallel()
	by := models.Observer{Staff: models.Staff{ID: "me", Display: "Auditor 1", Role: models.RoleAuditor, Jurisdiction: "330000"}}
	in := Figures{Places: append(Places{{Code: "330100", Parent: "330000", Name: models.Text{"zh": "杭州市", "en": "Hangzhou"}}}, places...), Within: models.Within}
	in.Table = models.Table{Place: "330100", At: queueNoon, Rows: []models.TableRow{
		{FigureRow: models.FigureRow{Place: "330100"}, Counts: models.Counts{"residents": 1234567, "red": 12, "green": models.CountWithheld}},
		{FigureRow: models.FigureRow{Place: "330100", Own: true}, Counts: models.Counts{"residents": 20}},
		{FigureRow: models.FigureRow{Place: "330110"}, Counts: models.Counts{"residents": 2000, "red": models.CountSmall}},
	}}
	make := func(p Page) Framed { return NewFiguresPage(p, by, in) }
	holds(t, "figures", make, []string{`href="/console/figures?place=330110"`, `href="/console/figures?place=330000"`, "1\u202f234\u202f567", "&lt;10", "—", `rect width="100"`, `rect width="1"`, `data-label=`},
		[]string{"{place}", "-1", "-2", `place=330100"`})
	html := rendered(t, make(page("en")))
	for _, want := range []string{"Hangzhou, all of it", "In the place itself", "Overdue", "once a day"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	by.Jurisdiction = "330100"
	holds(t, "an office's own figures", make, []string{"<table"}, []string{"place=330000"})
	in.Table = models.Table{Place: "330100"}
	holds(t, "no figures", make, []string{`class="card"`}, []string{"<table"})
}
