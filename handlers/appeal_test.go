package handlers_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
)

// contact is what somebody declares who chose the wrong answer.
var contact = with(well, "contact", "yes")

// picture is a small PNG.
func picture(t testing.TB) string {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, 64, 64), color.Palette{color.RGBA{226, 236, 246, 255}, color.RGBA{47, 93, 155, 255}})
	for i := range m.Pix[:len(m.Pix)/2] {
		m.Pix[i] = 1
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func appealing(kind, id string, photos ...string) map[string]any {
	return map[string]any{"target": map[string]string{"kind": kind, "id": id}, "words": "我填错了，没有接触过病例。", "photos": append([]string{}, photos...)}
}

// objects sends an appeal.
func (s *street) objects(token string, in any) answer {
	s.t.Helper()
	return s.ask(token, "POST", "/v1/appeals", in, "Idempotency-Key", "key-"+s.ulid())
}

// uploads sends a picture and gives its id.
func (s *street) uploads(token string) string {
	s.t.Helper()
	var out struct{ ID string }
	s.ask(token, "POST", "/v1/photos", picture(s.t), "Content-Type", "text/plain", "Idempotency-Key", "key-"+s.ulid()).into(s.t, &out)
	return out.ID
}

type heldDecision struct {
	ID, Colour string
	Reasons    []struct{ Rule string }
}

func (s *street) decisions(token string) []heldDecision {
	s.t.Helper()
	var out struct{ Decisions []heldDecision }
	s.ask(token, "GET", "/v1/me", nil).into(s.t, &out)
	return out.Decisions
}

// contested is a fact that the resident's decision rests on.
func (s *street) contested(token string) string {
	s.t.Helper()
	standing := must[models.Standing](s.t)(s.store.Standing(s.t.Context(), s.held(token)))
	for _, r := range standing.Reasons {
		if len(r.Facts) > 0 {
			return r.Facts[0]
		}
	}
	return "none"
}

func (s *street) held(token string) string {
	s.t.Helper()
	return must[models.Resident](s.t)(s.store.Resident(s.t.Context(), token)).ID
}

type appealed struct {
	ID, Say, Level, State, Answer string
	DueAt                         time.Time `json:"due_at"`
	Photos                        []string
	Contested                     []struct {
		ID, Say   string
		Withdrawn bool
	}
}

func (s *street) appealsOf(token string) []appealed {
	s.t.Helper()
	var out struct{ Appeals []appealed }
	s.ask(token, "GET", "/v1/appeals", nil).into(s.t, &out)
	return out.Appeals
}

func TestAppeal(t *testing.T) {
	t.Parallel()
	s := settled(t)
	me := s.resident("wechat", 1, "张三")
	s.declare(me, contact).into(t, nil)
	s.hire(t, "colleague", models.Staff{Role: models.RoleWorker, Jurisdiction: "330110"}, 998)
	s.clock.Advance(time.Minute)
	worker := s.staff("colleague")
	s.judge(worker, "approve")
	yellow := s.decisions(me)[0]
	if why := string(s.ask(me, "GET", "/code/why", nil).Body); yellow.Colour != "yellow" || !strings.Contains(why, `href="/appeal?decision=`+yellow.ID+`"`) {
		t.Fatalf("the %s decision's reasons lead to no appeal: %s", yellow.Colour, why)
	}
	page := string(s.ask(me, "GET", "/appeal?decision="+yellow.ID, nil).Body)
	for _, want := range []string{"申报：接触过确诊病例", "黄码", `data-id="` + yellow.ID + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	photo := s.uploads(me)
	shown := s.ask(me, "GET", "/v1/photos/"+photo, nil)
	config, err := jpeg.DecodeConfig(bytes.NewReader(shown.Body))
	if h := shown.Header; err != nil || config.Width != 64 || h.Get("Content-Type") != "image/jpeg" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the picture is %v, %v, %v", config, err, h)
	}
	s.objects(me, appealing("decision", yellow.ID, photo)).into(t, nil)
	if a := s.ask(me, "GET", "/appeal?decision="+yellow.ID, nil); a.String() != "303 /appeals" {
		t.Errorf("asked again, the page answers %s", a)
	}
	mine := s.appealsOf(me)[0]
	if mine.State != "open" || mine.Level != "community" || !mine.DueAt.Equal(s.clock.Now().Add(24*time.Hour)) || len(mine.Contested) != 1 {
		t.Errorf("the appeal is %+v", mine)
	}
	s.answers(t, me, mine, photo)
}

// answers has another worker grant the appeal.
func (s *street) answers(t *testing.T, me string, mine appealed, photo string) {
	t.Helper()
	worker := s.staff("worker")
	review := s.reviews(worker)[0]
	html := string(s.ask(worker, "GET", "/console/reviews/"+review, nil).Body)
	for _, want := range []string{"我填错了，没有接触过病例。", "/v1/reviews/" + review + "/photos/" + photo, `value="` + mine.Contested[0].ID + `"`} {
		if !strings.Contains(html, want) && !strings.Contains(html, "claim") {
			t.Errorf("the case lacks %s", want)
		}
	}
	if a := s.ask(worker, "GET", "/v1/reviews/"+review+"/photos/"+photo, nil); a.Status != 200 || a.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the worker gets the picture with %s", a)
	}
	s.ask(worker, "POST", "/v1/reviews/"+review+"/claim", nil).into(t, nil)
	judgement := map[string]any{"verdict": "grant", "words": "已核实，填报有误。", "facts": []string{mine.Contested[0].ID}}
	s.ask(worker, "POST", "/v1/reviews/"+review+"/judgement", judgement).into(t, nil)
	if got := s.decisions(me)[0].Colour; got != "green" {
		t.Errorf("the code is %s, want green", got)
	}
	if a := s.appealsOf(me)[0]; a.State != "granted" || a.Answer != "已核实，填报有误。" || !a.Contested[0].Withdrawn {
		t.Errorf("the appeal is %+v", a)
	}
	if told := s.told(me).Notices; told[1].Say != "您的申诉：申诉成立。" {
		t.Errorf("the resident was told %+v", told[:2])
	}
	var export struct {
		Appeals  []appealed
		Accesses []struct{ Purpose string }
	}
	if err := json.Unmarshal(s.ask(me, "GET", "/v1/me/export", nil).Body, &export); err != nil || len(export.Appeals) != 1 || !slices.Equal(export.Appeals[0].Photos, []string{photo}) {
		t.Errorf("the export has %+v, %v", export.Appeals, err)
	}
	if !slices.ContainsFunc(export.Accesses, func(x struct{ Purpose string }) bool { return x.Purpose == "photo" }) {
		t.Errorf("the looks are %+v", export.Accesses)
	}
	html = string(s.ask(me, "GET", "/appeals", nil).Body)
	for _, want := range []string{"申诉成立", "已核实，填报有误。", `src="/v1/photos/` + photo + `"`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page of appeals lacks %s", want)
		}
	}
}

func TestAppealRefusals(t *testing.T) {
	t.Parallel()
	s := settled(t)
	me, other := s.resident("wechat", 1, "张三"), s.resident("alipay", 2, "李四")
	s.declare(me, contact).into(t, nil)
	yellow, fact, theirs, mine := s.decisions(me)[0].ID, s.contested(me), s.uploads(other), s.uploads(me)
	long := with(appealing("decision", yellow), "words", strings.Repeat("错", 501))
	s.changesNothing(t, func() {
		for _, c := range []struct {
			name, who string
			in        any
			want      string
		}{
			{"somebody else's decision", other, appealing("decision", yellow), "404 appeal.target_unknown"},
			{"somebody else's fact", other, appealing("fact", fact), "404 appeal.target_unknown"},
			{"an unknown record", me, appealing("record", "0"), "404 appeal.target_unknown"},
			{"somebody else's picture", me, appealing("decision", yellow, theirs), "404 photo.unknown"},
			{"four pictures", me, appealing("decision", yellow, mine, mine, mine, mine), "422 photo.too_many"},
			{"too many words", me, long, "422 answer.too_long"},
			{"no words", me, with(appealing("decision", yellow), "words", " "), "422 request.missing_field"},
			{"against nothing", me, appealing("colour", "red"), "422 request.bad_value"},
			{"more than is asked", me, with(appealing("decision", yellow), "colour", "green"), "422 request.unknown_field"},
			{"nobody", "", appealing("decision", yellow), "401 login.required"},
		} {
			if got := s.objects(c.who, c.in).String(); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
		for name, c := range map[string][2]string{"a page": {"<svg></svg>", "422 photo.type"}, "half a picture": {picture(t)[:60], "422 photo.unreadable"},
			"too much": {picture(t) + strings.Repeat("x", 8<<20), "413 photo.too_large"}} {
			if got := s.ask(me, "POST", "/v1/photos", c[0], "Idempotency-Key", "key-"+s.ulid()).String(); got != c[1] {
				t.Errorf("%s: %s, want %s", name, got, c[1])
			}
		}
		if got := s.ask(me, "POST", "/v1/photos", picture(t)).String(); got != "422 request.idempotency_key" {
			t.Errorf("without a key: %s", got)
		}
		for path, want := range map[string]string{"/v1/photos/" + theirs: "404 photo.unknown", "/appeal": "404 appeal.target_unknown",
			"/appeal?fact=" + url.QueryEscape("a/b"): "404 appeal.target_unknown"} {
			if a := s.ask(me, "GET", path, nil); !strings.HasPrefix(want, a.String()) {
				t.Errorf("%s: %s, want %s", path, a, want)
			}
		}
	})
	s.serve(t) // with everybody's allowances whole
	key := []string{"Idempotency-Key", "one key of sixteen"}
	s.ask(me, "POST", "/v1/appeals", appealing("decision", yellow, mine), key...).into(t, nil)
	s.changesNothing(t, func() {
		s.ask(me, "POST", "/v1/appeals", appealing("decision", yellow, mine), key...).into(t, nil)
		if got := s.ask(me, "POST", "/v1/appeals", appealing("fact", fact), key...).String(); got != "409 request.idempotency_conflict" {
			t.Errorf("the key with something else: %s", got)
		}
		if got := s.objects(me, appealing("decision", yellow)).String(); got != "409 appeal.open" {
			t.Errorf("twice: %s", got)
		}
	})
}
