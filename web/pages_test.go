package web

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/forms"
)

// asked keeps every key that was asked for and is not there, by whichever test.
var asked struct {
	sync.Mutex
	keys []string
}

func init() {
	missing = func(key string) {
		asked.Lock()
		defer asked.Unlock()
		asked.keys = append(asked.keys, key)
	}
}

// state is one page as one reader meets it, and what must stand on it.
type state struct {
	name  string
	page  func(Page) Framed
	wants []string
	lacks []string
}

func standing(p Page, c models.Colour) StandingView {
	return NewStandingView(p, models.Standing{Decision: models.Decision{Outcome: models.Outcome{Colour: c, Until: time.Date(2022, 3, 14, 4, 0, 0, 0, time.UTC)}}})
}

// states are the pages of residents in every state that changes what they show.
func states() []state {
	now := time.Date(2022, 3, 13, 4, 0, 0, 0, time.UTC)
	phone, err := models.ParsePhone("13812345678")
	if err != nil {
		panic(err)
	}
	list := []state{
		{"home, new", func(p Page) Framed { return HomePage{Page: p} }, []string{`href="/register"`}, []string{`href="/code"`}},
		{"home, refused", func(p Page) Framed {
			return HomePage{Page: p, Known: true, Refusal: "Bring it.", Standing: standing(p, models.Grey), Forms: []*forms.Form{forms.Default()[0].Form(), forms.Default()[1].Form()}}
		}, []string{"<blockquote>Bring it.</blockquote>", `href="/declare/health"`, `role="status"`}, nil},
		{"home, pending", func(p Page) Framed {
			return HomePage{Page: p, Known: true, Pending: true, Standing: standing(p, models.Grey)}
		}, []string{`class="note"`}, []string{"<blockquote>", `id="scan"`, "/static/scan."}},
		{"home, scanning", func(p Page) Framed {
			return HomePage{Page: p, Known: true, Standing: standing(p, models.Green), Scans: true}
		}, []string{`id="scan"`, "/static/scan."}, nil},
		{"home, told", func(p Page) Framed {
			return HomePage{Page: p, Known: true, Standing: standing(p, models.Yellow), Unread: 2, Notice: &NoticeView{ID: "n1", At: now, Colour: "yellow", Say: Changed(p.Language, models.Green, models.Yellow)}}
		}, []string{`href="/notices"`, `href="/code/why"`, `data-path="/v1/notices/n1/read"`, "2"}, nil},
		{"home, judged", func(p Page) Framed {
			return HomePage{Page: p, Known: true, Standing: standing(p, models.Green), Unread: 1, Notice: &NoticeView{ID: "n1", At: now, Say: Judged(p.Language, models.Review{Kind: models.ReviewRegistration, State: models.ReviewApproved})}}
		}, []string{`data-path="/v1/notices/n1/read"`}, []string{`class="note notice colour`}},
		{"notices", func(p Page) Framed { return NoticesPage{Page: p, Notices: told(p.Language, now)} },
			[]string{`data-path="/v1/notices/n2/read"`, "<dd>R</dd>", "<dd>Bring it.</dd>", "colour-red", `href="/code/why"`}, []string{`data-path="/v1/notices/n3/read"`, `class="note"`}},
		{"notices, read", func(p Page) Framed { return NoticesPage{Page: p, Notices: told(p.Language, now)[:1]} }, []string{"<h2>"}, []string{"data-act"}},
		{"notices, none", func(p Page) Framed { return NoticesPage{Page: p} }, []string{`class="note"`}, []string{"data-act"}},
		{"home, new, scanning", func(p Page) Framed { return HomePage{Page: p, Scans: true} }, nil, []string{`id="scan"`, "/static/scan."}},
		{"register", func(p Page) Framed { return NewRegisterPage(p, []models.Community{community}, "", models.Phone{}) },
			[]string{`data-post="/v1/registration"`, `type="checkbox"`, `role="alert"`}, []string{" checked>"}},
		{"register again", func(p Page) Framed { return NewRegisterPage(p, []models.Community{community}, "Bring it.", phone) }, []string{"<blockquote>", "138****"}, nil},
		{"why, nothing", func(p Page) Framed { return WhyPage{Page: p, Standing: standing(p, models.Green), Phone: "12345"} }, []string{`href="tel:12345"`}, []string{"<dl>"}},
		{"why", func(p Page) Framed {
			return WhyPage{Page: p, Standing: standing(p, models.Yellow), Reasons: []Reasoned{{Why: "a", Clear: "b", Ask: "c", Until: now, Appeal: "/appeal?decision=d1", Facts: []FactView{{"A piece of evidence", now}}}}}
		}, []string{"<dl>", "colour-yellow"}, nil},
		{"vaccinations, unverified", func(p Page) Framed { return VaccinationsPage{Page: p, Doses: []Dose{{Number: 1}}} }, []string{`class="note"`}, []string{"<dl>"}},
		{"vaccinations, not agreed", func(p Page) Framed { return VaccinationsPage{Page: p, Verified: true, Doses: []Dose{{Number: 1}}} }, []string{`href="/me"`}, []string{"<dl>"}},
		{"vaccinations, none", func(p Page) Framed { return VaccinationsPage{Page: p, Verified: true, Agreed: true} }, []string{`class="note"`}, []string{"<dl>"}},
		{"vaccinations", func(p Page) Framed {
			return VaccinationsPage{Page: p, Verified: true, Agreed: true, Complete: true, Since: now, Doses: []Dose{{Number: 1, Product: "P", Date: now}}}
		}, []string{"<dd>P</dd>"}, []string{`class="note"`}},
		{"me", func(p Page) Framed { return full(p, now) }, []string{`data-confirm="close"`, `data-path="/v1/sessions/s2"`, "Bring it."}, []string{`data-path="/v1/sessions/s1"`}},
		{"me, nothing", func(p Page) Framed { return MePage{Page: p, Standing: standing(p, models.Grey)} }, []string{`id="said"`}, nil},
		{"appeal", func(p Page) Framed { return objecting(p, now) }, []string{`data-kind="decision"`, `data-id="d1"`, `type="file"`, "<li>R</li>", "appeal."}, []string{"capture"}},
		{"appeal, order", func(p Page) Framed {
			page := objecting(p, now)
			page.District, page.Reasons, page.Contested = true, nil, nil
			return page
		}, []string{`data-most="3"`}, []string{"<h3>"}},
		{"appeals", func(p Page) Framed { return AppealsPage{Page: p, Appeals: objected(p, now)} },
			[]string{`src="/v1/photos/p1"`, "<blockquote>Right.</blockquote>", `class="note"`}, []string{`href="/code/why"`}},
		{"appeals, none", func(p Page) Framed { return AppealsPage{Page: p} }, []string{`href="/code/why"`}, []string{"<section"}},
		{"vaccinations, withdrawn", func(p Page) Framed {
			return VaccinationsPage{Page: p, Verified: true, Agreed: true, Doses: []Dose{{ID: "v1", Number: 1, Withdrawn: true}, {ID: "v2", Number: 2}}}
		}, []string{`href="/appeal?record=v2"`, `class="note"`}, []string{`href="/appeal?record=v1"`}},
		{"arrival", func(p Page) Framed { return arrival(p) }, []string{`data-declare="arrival"`, `data-most="8"`, `data-when="transport" data-is="car lorry"`,
			`<option value="c1">`, `<option value="v1">`, `id="companion"`}, []string{" checked>", "turn-number", "<h3>"}},
		{"arrival, waiting", func(p Page) Framed { return arrivedAt(p, now) }, []string{"turn waits", "<blockquote>Welcome.</blockquote>", "浙B***21"}, []string{"浙B54321"}},
		{"door", func(p Page) Framed { return DoorPage{p} }, []string{`role="status"`}, nil},
		{"pass", func(p Page) Framed { return PassPage{p} }, []string{"fragment."}, nil},
		{"enter", func(p Page) Framed { return EnterPage{p} }, []string{`role="status"`}, nil},
		{"about", func(p Page) Framed { return NewAboutPage(p) }, []string{"<section"}, nil},
		{"outside", func(p Page) Framed { return OutsidePage{Page: p} }, []string{`href="/about"`}, []string{"<form", `href="/enter`}},
		{"outside, ways in", func(p Page) Framed { return OutsidePage{Page: p, Ways: []string{"wechat", "app"}} }, []string{`href="/enter/wechat"`, `href="/enter/app"`}, []string{`id="again"`}},
		{"problem", func(p Page) Framed { return ProblemPage{p, "No.", "", "17"} }, []string{`role="alert">No.`, "17"}, nil},
	}
	for _, c := range []models.Colour{models.Green, models.Grey, models.Yellow, models.Red} {
		list = append(list, state{"code " + c.String(), func(p Page) Framed {
			return CodePage{Page: p, Place: "Here", Verified: c != models.Grey, Standing: standing(p, c), Pass: PassData{Grant: "G"}}
		}, []string{`data-colour="` + c.String() + `"`, `id="qr" role="img"`, "<svg", `"grant":"G"`}, []string{"<dl>"}})
	}
	list = append(list, state{"card, nothing known", func(p Page) Framed { return carded(p, models.Card{Outcome: models.Outcome{Colour: models.Green}}) }, []string{`id="qr" role="img"`, `data-cities=""`}, []string{"<li>", "<dl>"}},
		state{"printed card", func(p Page) Framed { return PrintPage{p} }, []string{"fragment."}, nil},
		state{"card pass", func(p Page) Framed { return CardPassPage{p} }, []string{"fragment."}, nil})
	for _, c := range []models.Colour{models.Green, models.Grey, models.Yellow, models.Red} {
		list = append(list, state{"card " + c.String(), func(p Page) Framed { return carded(p, travelled(c, true)) },
			[]string{`data-colour="` + c.String() + `"`, `data-cities="420100* 330100"`, `class="star"`, "<svg", `"grant":"G"`, "<dd>R</dd>", `href="/me"`}, nil},
			state{"card without asterisk", func(p Page) Framed { return carded(p, travelled(c, false)) }, []string{`data-cities="420100 330100"`}, []string{`class="star"`}})
	}
	for _, file := range forms.Default() {
		f := file.Form()
		list = append(list, state{"declare " + f.ID, func(p Page) Framed {
			return DeclarePage{Page: p, Form: f, Places: []Choice{{"330110", "Y"}}, Today: "2022-03-13", Since: "2022-02-28"}
		}, []string{`data-declare="` + f.ID + `"`}, []string{" checked>"}})
	}
	return list
}

// travelled is the card of somebody who was in Wuhan, which was listed.
func travelled(c models.Colour, asterisk bool) models.Card {
	return models.Card{Terms: models.CardTerms{Days: 14, Stay: 4 * time.Hour, Asterisk: asterisk}, Outcome: models.Outcome{Colour: c, Until: time.Date(2022, 3, 22, 4, 0, 0, 0, time.UTC)},
		Places: []models.CardPlace{{Place: "420100", Level: models.LevelHigh}, {Place: "330100"}}}
}

func carded(p Page, card models.Card) TravelPage {
	page := TravelPage{Page: p, Card: NewCardView(p.Language, card), Pass: PassData{Grant: "G"}}
	if len(card.Places) > 0 {
		page.Reasons = []Reasoned{{Why: "R", Clear: "C", Ask: "A"}}
	}
	return page
}

// objecting is the page of somebody who objects to a decision.
func objecting(p Page, now time.Time) AppealPage {
	return AppealPage{Page: p, Target: models.Target{Kind: models.TargetDecision, ID: "d1"},
		Against: AgainstDecision(p, models.Decision{ID: "d1", At: now, Outcome: models.Outcome{Colour: models.Red}}), Reasons: []string{"R"},
		Contested: []ContestedView{{ID: "f1", Say: "S", At: now}, {ID: "f2", Say: "S", At: now, Withdrawn: true}}}
}

// objected are appeals in every state there is, about every kind of evidence.
func objected(p Page, now time.Time) (list []AppealView) {
	for _, r := range []models.Review{{State: models.ReviewOpen, Level: models.LevelCommunity, DueAt: now.Add(time.Hour)},
		{State: models.ReviewClaimed, Level: models.LevelDistrict, DueAt: now.Add(time.Hour)}, {State: models.ReviewOpen, Level: models.LevelDistrict, DueAt: now.Add(-time.Hour)},
		{State: models.ReviewGranted, Words: "Right."}, {State: models.ReviewRefused, Words: "No."}} {
		view := NewAppealView(p, models.Appeal{At: now, Words: "I was not there.", Review: r}, AgainstDecision(p, models.Decision{}), now)
		view.Photos = PhotoViews(p, "/v1/photos/", []string{"p1", "p2"})
		list = append(list, view)
	}
	for _, f := range evidence {
		list[0].Contested = append(list[0].Contested, ContestedView{Say: FactWords(p.Language, f, "Yuhang"), At: now})
	}
	list[0].Contested = append(list[0].Contested, ContestedView{Say: DoseWords(p.Language, models.Vaccination{Product: "sinovac", Dose: 2}), At: now})
	return list
}

// evidence is a fact of every kind, with codes that every catalogue has and some that
// none has.
var evidence = []models.Fact{{Kind: models.FactVerified}, {Kind: models.FactDeclaration, Code: "health"}, {Kind: models.FactSymptom, Code: "fever"},
	{Kind: models.FactSymptom, Code: "loss_of_taste"}, {Kind: models.FactContact, Code: "yes"}, {Kind: models.FactContact, Code: "perhaps"},
	{Kind: models.FactStay, Code: "330110", Level: "high"}, {Kind: models.FactTest, Code: "pcr", Result: "positive"}, {Kind: models.FactVaccination},
	{Kind: models.FactFinding, Code: "cleared"}, {Kind: models.FactExposure, Level: "rotating"}, {Kind: models.FactOrder, Code: "confirmed"},
	{Kind: models.FactOrder, Code: "unknown"}, {Kind: "other"}}

// told are notices of every kind there is.
func told(language string, now time.Time) (list []NoticeView) {
	for c := models.Green; c <= models.Red; c++ {
		list = append(list, NoticeView{At: now, Colour: c.String(), Say: Changed(language, models.Red+models.Green-c, c)},
			NoticeView{At: now, Colour: c.String(), Say: Changed(language, 0, c), Reasons: []string{"R"}})
	}
	for _, k := range []models.ReviewKind{models.ReviewRegistration, models.ReviewDeclaration, models.ReviewCorrection, models.ReviewAppeal, models.ReviewArrival} {
		state := models.ReviewCleared
		if k == models.ReviewArrival {
			state = models.ReviewApproved
		}
		list = append(list, NoticeView{At: now, Say: Judged(language, models.Review{Kind: k, State: state}), Words: "Bring it."})
	}
	for i := range list {
		list[i].ID, list[i].Read = fmt.Sprint("n", i), i < 2
	}
	return list
}

// full is somebody about whom there is one of everything.
func full(p Page, now time.Time) MePage {
	view := standing(p, models.Green)
	page := MePage{Page: p, Standing: view, Declarations: []Declared{{"T", now, []Answer{{"L", "V"}}, true}},
		Decisions: []StandingAt{{view, now, []string{"R"}, "S"}},
		Consents:  ConsentStates([]models.Consent{{Purpose: models.PurposeVisits, GivenAt: now}}),
		Sessions:  []models.Session{{ID: "s1", Platform: "wechat", Current: true}, {ID: "s2", Platform: "alipay"}},
		Fed:       FedIn(models.English, []models.Trace{{Place: "330100", From: now, To: now.Add(time.Hour), Source: models.TraceFeed}}),
		Visits:    []models.Visit{{At: now, Grade: models.GradeScanned}, {At: now, Grade: models.GradeHand}, {At: now, Grade: models.GradeSelf}, {At: now, Grade: models.GradeHand, Print: true}},
		Prints:    heldPrints(now),
		Tests:     []models.Test{{Sampled: now, Kind: "pcr", Result: "negative"}, {Sampled: now, Kind: "antigen", Result: "positive"}}}
	for _, k := range []models.ReviewKind{models.ReviewRegistration, models.ReviewDeclaration, models.ReviewCorrection, models.ReviewArrival} {
		page.Reviews = append(page.Reviews, models.Review{Kind: k, State: models.ReviewRefused, Words: "Bring it."})
	}
	for _, why := range []models.AccessPurpose{models.AccessReview, models.AccessGate, models.AccessQueue, models.AccessCard, models.AccessImport, models.AccessBehalf, models.AccessPrint, models.AccessPropose, models.AccessDryRun, models.AccessExplain} {
		page.Accesses = append(page.Accesses, models.Access{Purpose: why})
	}
	return page
}

// TestPages renders every page of residents in every state and both languages.
func TestPages(t *testing.T) {
	inside := regexp.MustCompile(`<style| (style|on[a-z]+)=|<script>`)
	for _, language := range models.Languages() {
		for _, host := range []string{"wechat", "alipay", "browser"} {
			for _, s := range states() {
				p := page(language)
				p.Host = host
				html := rendered(t, s.page(p))
				for _, want := range append(s.wants, `lang="`+language+`"`, `data-host="`+host+`"`, "<main", "<h1") {
					if !strings.Contains(html, want) {
						t.Errorf("%s in %s lacks %s", s.name, language, want)
					}
				}
				for _, lack := range s.lacks {
					if strings.Contains(html, lack) {
						t.Errorf("%s in %s has %s", s.name, language, lack)
					}
				}
				if found := inside.FindString(html); found != "" {
					t.Errorf("%s has %s inside", s.name, found)
				}
			}
		}
	}
	asked.Lock()
	defer asked.Unlock()
	if len(asked.keys) > 0 {
		t.Errorf("there is no text for %q", asked.keys)
	}
}

// sources are everything that asks for texts, as one string.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"*.go", "templates/*.html", "static/*.js", "../handlers/*.go", "../models/*.go", "../models/*/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(body)
		}
	}
	return all.String()
}

// TestEveryTextIsUsed finds sentences that nothing says any more. A quoted
// beginning that ends in a full stop, as in "purpose.%s", uses all that go on
// from it.
func TestEveryTextIsUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, m := range regexp.MustCompile("[\"'`]([a-z_]+[a-z0-9_.]*)(%s[a-z_.]*)?[\"'`]|\\btexts\\.([a-z_]+)").FindAllStringSubmatch(sources(t), -1) {
		used[m[1]], used[m[3]] = true, true
	}
	for _, p := range pages {
		used[p.name+".title"] = true
	}
	for key := range catalogue {
		says := key
		if _, rest, ok := strings.Cut("."+key, ".script."); ok {
			says = rest
		}
		found := used[says]
		for i, r := range says {
			found = found || r == '.' && used[says[:i+1]]
		}
		if !found {
			t.Errorf("nothing says %s", key)
		}
	}
}

// TestResidentScriptTexts finds every sentence that the scripts of residents say.
func TestResidentScriptTexts(t *testing.T) {
	t.Parallel()
	say := regexp.MustCompile(`\btexts\.([a-z_]+)`)
	for script, names := range map[string][]string{"app": {"home", "register", "declare", "me", "notices"}, "scan": {"home"}, "code": {"code"}, "door": {"door"}, "enter": {"enter"}} {
		body, err := files.ReadFile("static/" + script + ".js")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range say.FindAllStringSubmatch(string(body), -1) {
			for _, name := range names {
				if _, ok := scriptTexts(name, models.Chinese)[m[1]]; !ok {
					t.Errorf("%s.js says %s on %s, and there is no such text", script, m[1], name)
				}
			}
		}
	}
}
