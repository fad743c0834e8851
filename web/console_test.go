package web

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"healthcode/models"
)

var (
	queueNoon = time.Date(2022, 3, 14, 4, 0, 0, 0, time.UTC)
	worker    = models.Worker{Staff: models.Staff{ID: "me", Display: "Worker 3", Role: models.RoleWorker}}
	community = models.Community{ID: "c1", Name: models.Text{"zh": "翠苑社区", "en": "Cuiyuan"}, Phone: "0571-88880001"}
)

func page(language string) Page {
	return Page{Language: language, Host: "browser", Zone: time.FixedZone("CST", 8*3600)}
}

func rendered(t *testing.T, p Framed) string {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func matter(id string, claimedBy string) models.Review {
	r := models.Review{ID: id, Kind: models.ReviewDeclaration, CommunityID: "c1", State: models.ReviewOpen, ClaimedBy: claimedBy,
		CreatedAt: queueNoon.Add(-30 * time.Hour), DueAt: queueNoon.Add(time.Hour)}
	if claimedBy != "" {
		r.State = models.ReviewClaimed
	}
	return r
}

func TestQueue(t *testing.T) {
	t.Parallel()
	late := matter("LATE", "")
	late.DueAt = queueNoon.Add(-time.Second)
	q := Queue{Communities: []models.Community{community},
		Reviews: []models.Review{late, matter("OPEN", ""), matter("MINE", "me"), matter("THEIRS", "you")}}
	got := NewConsolePage(page("en"), worker.Staff, q, queueNoon)
	for i, want := range []QueueRow{{Overdue: true}, {}, {Mine: true}, {Taken: true}} {
		row := got.Rows[i]
		if row.Overdue != want.Overdue || row.Mine != want.Mine || row.Taken != want.Taken || row.Community != "Cuiyuan" {
			t.Errorf("%s is %+v", row.ID, row)
		}
	}
	html := rendered(t, got)
	for _, want := range []string{`data-claim="LATE"`, `data-claim="OPEN"`, `href="/console/reviews/MINE"`,
		`href="/console/reviews/THEIRS"`, "waiting 30 h", "data-overdue", "Overdue"} {
		if !strings.Contains(html, want) {
			t.Errorf("the queue lacks %s", want)
		}
	}
	for _, never := range []string{`data-claim="MINE"`, `data-claim="THEIRS"`, `rel="next"`} {
		if strings.Contains(html, never) {
			t.Errorf("the queue has %s", never)
		}
	}
}

func TestQueueGoesOn(t *testing.T) {
	t.Parallel()
	var q Queue
	for i := range queuePage {
		q.Reviews = append(q.Reviews, matter(fmt.Sprintf("R%02d", i), ""))
	}
	if html := rendered(t, NewConsolePage(page("zh"), worker.Staff, q, queueNoon)); !strings.Contains(html, `href="/console?after=R49"`) {
		t.Error("a full page has no next one")
	}
	if html := rendered(t, NewConsolePage(page("zh"), worker.Staff, Queue{After: "R49"}, queueNoon)); !strings.Contains(html, `href="/console"`) {
		t.Error("an empty page has no way back")
	}
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{-time.Minute: "waiting 0 min", 59*time.Minute + 59*time.Second: "waiting 59 min",
		time.Hour: "waiting 1 h", 47*time.Hour + 59*time.Minute: "waiting 47 h", 48 * time.Hour: "waiting 2 d"} {
		if got := waiting(page("en"), d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func someCase(t *testing.T, r models.Review) Case {
	t.Helper()
	name, err := models.ParseName("张小三")
	if err != nil {
		t.Fatal(err)
	}
	document, err := models.ParseDocument(models.DocumentResidentID, "11010519491231002X", queueNoon)
	if err != nil {
		t.Fatal(err)
	}
	c := Case{Review: r, Resident: models.Resident{Name: name, Document: document}, Community: community,
		Answers: []Answer{{"Temperature", "38.2"}}, Form: "Health", Reasons: []string{"You declared a fever."}}
	c.Standing.Colour = models.Yellow
	return c
}

func TestReviewPage(t *testing.T) {
	t.Parallel()
	for _, language := range models.Languages() {
		html := rendered(t, NewReviewPage(page(language), worker.Staff, someCase(t, matter("R1", "me")), queueNoon))
		for _, want := range []string{"张小三", "11010519491231002X", "38.2", "You declared a fever.", "Worker 3",
			`data-action="/v1/reviews/R1/judgement"`, `value="approve"`, `value="clear"`, `value="refuse"`, `data-release="R1"`} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: the case lacks %s", language, want)
			}
		}
	}
	for by, state := range map[string]string{"": "open", "you": "taken"} {
		html := rendered(t, NewReviewPage(page("en"), worker.Staff, someCase(t, matter("R1", by)), queueNoon))
		if strings.Contains(html, `id="judgement"`) || strings.Contains(html, "data-claim") != (by == "") {
			t.Errorf("a case that is %s can be judged, or cannot be claimed", state)
		}
	}
	done := matter("R1", "me")
	done.State = models.ReviewApproved
	if html := rendered(t, NewReviewPage(page("en"), worker.Staff, someCase(t, done), queueNoon)); strings.Contains(html, `id="judgement"`) {
		t.Error("a closed case can be judged")
	}
}

// TestAppealPage: what is contested can be chosen, unless it was withdrawn; and the
// lead's queue is not a community's.
func TestAppealPage(t *testing.T) {
	t.Parallel()
	r := matter("R1", "me")
	r.Kind, r.Level = models.ReviewAppeal, models.LevelDistrict
	for _, language := range models.Languages() {
		p := page(language)
		c := someCase(t, r)
		c.Appeal = objected(p, queueNoon)[0]
		c.Appeal.Contested = objecting(p, queueNoon).Contested
		html := rendered(t, NewReviewPage(p, worker.Staff, c, queueNoon))
		for _, want := range []string{"I was not there.", `value="f1"`, `value="grant"`, `value="refuse"`, `href="/v1/photos/p2" data-enlarge`, `<dialog id="enlarged"`} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: the appeal lacks %s", language, want)
			}
		}
		for _, never := range []string{`value="f2"`, `value="approve"`, `value="clear"`} {
			if strings.Contains(html, never) {
				t.Errorf("%s: the appeal has %s", language, never)
			}
		}
		lead := models.Staff{ID: "lead", Display: "Lead 1", Role: models.RoleLead}
		html = rendered(t, NewConsolePage(p, lead, Queue{Communities: []models.Community{community}, Reviews: []models.Review{r}}, queueNoon))
		if !strings.Contains(html, Text(language, "console.lead")) || strings.Contains(html, Text(language, "console.communities")) || !strings.Contains(html, `href="/console/reviews/R1"`) {
			t.Errorf("%s: the lead's queue is a worker's", language)
		}
	}
}

// TestVerdicts makes sure that every kind of case offers the verdicts that the
// law allows it, and that each says what it does.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, kind := range []models.ReviewKind{models.ReviewRegistration, models.ReviewDeclaration, models.ReviewCorrection, models.ReviewAppeal} {
		for _, language := range models.Languages() {
			p := ReviewPage{Page: page(language), Matter: kind}
			offered := map[models.Verdict]bool{}
			for _, v := range p.Verdicts() {
				offered[v.Verdict] = true
				if v.Does == "" || strings.HasPrefix(v.Does, "console.") || strings.HasPrefix(v.Label, "console.") {
					t.Errorf("%s %s: %+v has no words", kind, language, v)
				}
			}
			for _, v := range []models.Verdict{models.Approve, models.Clear, models.Reject, models.Grant} {
				j := models.Judgement{Verdict: v, Words: "why"}
				if v == models.Grant {
					j.Facts = []string{"f1"}
				}
				_, err := j.For(kind)
				if offered[v] != (err == nil) {
					t.Errorf("%s: %s offered %v, but %v", kind, v, offered[v], err)
				}
			}
			if len(p.Phrases()) == 0 {
				t.Errorf("%s has no phrases", kind)
			}
			for _, phrase := range p.Phrases() {
				if strings.HasPrefix(phrase, "console.") || len([]rune(phrase)) > 200 {
					t.Errorf("%s: the phrase %q", kind, phrase)
				}
			}
		}
	}
}
