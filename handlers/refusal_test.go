package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
)

// refusal is a request that must be refused, and how.
type refusal struct {
	name  string
	who   string // whose token it comes with
	route string // "POST /v1/…"
	in    any
	want  string // status, reason and, behind a space, the field
	more  []string
}

// refused is a street with somebody for every refusal.
type refused struct {
	*street
	tokens map[string]string
	id     map[string]string // of what was made before
}

func newRefused(t *testing.T) *refused {
	t.Helper()
	r := &refused{street: settled(t), tokens: map[string]string{}, id: map[string]string{}}
	far := must[string](t)(r.store.AddCommunity(t.Context(), operator, models.Community{Jurisdiction: "330110", Name: words("瓶窑社区", "Pingyao"), Phone: "0571-88880002"}))
	r.hire(t, "outsider", models.Staff{Role: models.RoleWorker, Jurisdiction: "330110", Communities: []string{far}}, 997)
	r.hire(t, "colleague", models.Staff{Role: models.RoleWorker, Jurisdiction: "330110"}, 998)
	r.hire(t, "relative", models.Staff{Role: models.RoleWorker, Jurisdiction: "330110"}, 1)
	r.id["used in WeChat"], r.id["used in Alipay"] = r.code("wechat", "u"), r.code("alipay", "u")
	for app, code := range map[string]string{"wechat": r.id["used in WeChat"], "alipay": r.id["used in Alipay"]} {
		r.ask("", "POST", "/v1/login", map[string]string{"platform": app, "code": code}).into(t, nil)
	}
	r.tokens = map[string]string{"": "", "account": r.login("wechat", "nobody-yet"), "resident": r.resident("wechat", 1, "张三"), "other": r.resident("alipay", 2, "李四")}
	r.ask(r.tokens["other"], "DELETE", "/v1/consents/visits", nil).into(t, nil)
	for _, who := range []string{"worker", "outsider", "colleague", "relative", "admin"} {
		r.tokens[who] = r.staff(who)
	}
	r.tokens["gate"] = r.gate()
	r.tokens["client"], _ = r.client()
	r.before(t)
	r.pullers(t)
	return r
}

// before is what has happened before anybody is refused.
func (r *refused) before(t *testing.T) {
	t.Helper()
	r.ask(r.tokens["client"], "POST", "/v1/records/vaccinations", map[string]any{"records": []any{dose(1)}}).into(t, nil)
	r.id["key"] = "a key of the resident's"
	r.ask(r.tokens["resident"], "POST", "/v1/declarations", declaration(well), "Idempotency-Key", r.id["key"]).into(t, nil)
	r.clock.Advance(time.Second)
	r.declare(r.tokens["resident"], ill).into(t, nil)
	r.id["own"] = r.newest()
	r.register("alipay", 4, "赵六")
	r.id["claimed"] = r.newest()
	r.ask(r.tokens["worker"], "POST", "/v1/reviews/"+r.id["claimed"]+"/claim", nil).into(t, nil)
	r.register("wechat", 5, "孙七")
	r.id["waiting"] = r.newest()
	var out struct{ Ticket string }
	r.ask(r.login("wechat", "ticket"), "POST", "/v1/ticket", nil).into(t, &out)
	r.id["ticket"] = out.Ticket
	r.id["invitation"] = r.invitation(t)
	r.clock.Advance(31 * time.Minute)
	r.id["open invitation"] = r.invitation(t)
	r.id["visit"] = r.ulid()
	r.ask(r.tokens["resident"], "POST", "/v1/visits", map[string]string{"id": r.id["visit"], "poster": r.venue.Poster}).into(t, nil)
}

// newest is the id of the review that has come last.
func (r *refused) newest() string {
	r.clock.Advance(time.Second)
	return slices.Max(r.reviews(r.tokens["worker"])) // ULIDs sort by time
}

func declaration(answers any) map[string]any {
	return map[string]any{"form": "health", "version": 1, "answers": answers}
}

// with is a copy of the answers, or of anything, with some of it changed.
func with(in map[string]any, change ...any) map[string]any {
	out := map[string]any{}
	for k, v := range in {
		out[k] = v
	}
	for i := 0; i+1 < len(change); i += 2 {
		out[change[i].(string)] = change[i+1]
	}
	return out
}

// TestRefusals: every bad input gets a clear error, under the field that it is
// about, in both languages, and changes no table.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := newRefused(t)
	for _, group := range [][]refusal{r.requests(), r.logins(), r.registrations(), r.declarations(), r.visits(), r.scans(), r.desk(), r.joining(), r.records(), r.levers()} {
		r.serve(t) // with everybody's allowances whole
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) { r.refuses(t, c) })
		}
	}
}

// refuses asks, and asks again in the other language.
func (r *refused) refuses(t *testing.T, c refusal) {
	method, path, _ := strings.Cut(c.route, " ")
	texts := map[string]string{}
	r.changesNothing(t, func() {
		for _, language := range []string{"zh", "en"} {
			header := append([]string{"Accept-Language", language}, c.more...)
			if strings.HasSuffix(path, "/declarations") && c.more == nil {
				header = append(header, "Idempotency-Key", "key-"+r.ulid())
			}
			a := r.ask(r.tokens[c.who], method, path, c.in, header...)
			p := a.problem()
			if got := strings.TrimSpace(a.String() + " " + p.Field); got != c.want {
				t.Errorf("got %q, want %q: %s", got, c.want, a.Body)
			}
			if p.ID == "" || p.ID != a.Header.Get("X-Request-Id") {
				t.Errorf("the answer's id is %q", p.ID)
			}
			texts[language] = p.Text
		}
	})
	if texts["zh"] == "" || texts["en"] == "" || texts["zh"] == texts["en"] {
		t.Errorf("it says %q in Chinese and %q in English", texts["zh"], texts["en"])
	}
}

// requests are those that no route could take.
func (r *refused) requests() []refusal {
	long := `{"name":"` + strings.Repeat("长", 20_000) + `"}`
	return []refusal{
		{"no such route", "resident", "GET /v1/wealth", nil, "404 request.not_found", nil},
		{"no such method", "resident", "PUT /v1/me", nil, "405 request.method", nil},
		{"another site's form", "resident", "POST /v1/me/close", map[string]string{"confirm": "close"}, "403 request.cross_origin", []string{"Sec-Fetch-Site", "cross-site"}},
		{"another origin", "resident", "POST /v1/me/close", map[string]string{"confirm": "close"}, "403 request.cross_origin", []string{"Origin", "https://evil.example"}},
		{"no body", "account", "POST /v1/registration", nil, "400 request.malformed", nil},
		{"an empty body", "account", "POST /v1/registration", "", "400 request.malformed", nil},
		{"no JSON", "account", "POST /v1/registration", "{name:", "400 request.malformed", nil},
		{"two values", "account", "POST /v1/registration", "{} {}", "400 request.malformed", nil},
		{"a list", "account", "POST /v1/registration", "[]", "422 request.bad_value", nil},
		{"a form's encoding", "account", "POST /v1/registration", "name=x", "400 request.malformed", []string{"Content-Type", "application/x-www-form-urlencoded"}},
		{"an oversize body", "account", "POST /v1/registration", long, "413 request.too_large", nil},
		{"an unknown field", "account", "POST /v1/registration", with(r.registration(6, "周八"), "shoe_size", 42), "422 request.unknown_field shoe_size", nil},
		{"an invented field is not repeated", "account", "POST /v1/registration", `{"<script>":1}`, "422 request.unknown_field", nil},
		{"a number for a name", "account", "POST /v1/registration", with(r.registration(6, "周八"), "name", 7), "422 request.bad_value name", nil},
		{"not confirmed", "resident", "POST /v1/me/close", map[string]string{"confirm": "yes"}, "422 request.bad_value confirm", nil},
		{"a form nobody has", "resident", "GET /v1/forms/wealth", nil, "404 form.unknown", nil},
		{"another's phone", "resident", "DELETE /v1/sessions/" + strings.Repeat("0", 26), nil, "404 session.unknown", nil},
	}
}

func (r *refused) logins() []refusal {
	r.wechat.AddApp("wxffffffffffffffff", wechatKey)
	in := func(app, code string) map[string]string { return map[string]string{"platform": app, "code": code} }
	list := []refusal{
		{"a used code of WeChat", "", "POST /v1/login", in("wechat", r.id["used in WeChat"]), "422 login.code_used", nil},
		{"a used code of Alipay", "", "POST /v1/login", in("alipay", r.id["used in Alipay"]), "422 login.code_invalid", nil},
		{"another app's code", "", "POST /v1/login", in("wechat", r.wechat.Login("wxffffffffffffffff", "u")), "422 login.code_invalid", nil},
		{"the other app's code", "", "POST /v1/login", in("alipay", r.code("wechat", "u")), "422 login.code_invalid", nil},
		{"an unknown platform", "", "POST /v1/login", in("qq", "0123456789"), "404 login.platform_unknown platform", nil},
		{"a ticket nobody got", "", "POST /v1/session", map[string]string{"ticket": strings.Repeat("A", 43)}, "401 login.ticket_invalid", nil},
		{"a ticket of an hour ago", "", "POST /v1/session", map[string]string{"ticket": r.id["ticket"]}, "401 login.ticket_invalid", nil},
		{"no ticket", "", "POST /v1/session", map[string]string{}, "401 login.ticket_invalid", nil},
		{"nobody", "", "GET /v1/me", nil, "401 login.required", nil},
		{"not registered", "account", "GET /v1/pass", nil, "403 registration.required", nil},
		{"wrong password", "", "POST /v1/staff/session", map[string]string{"username": "guard", "password": "another one entirely", "code": "123456"}, "401 login.staff_refused", nil},
		{"no such user", "", "POST /v1/staff/session", map[string]string{"username": "nobody", "password": password, "code": "123456"}, "401 login.staff_refused", nil},
		{"wrong second factor", "", "POST /v1/staff/session", map[string]string{"username": "worker", "password": password, "code": "12345"}, "401 login.staff_refused", nil},
		{"a client without a secret", "", "POST /v1/token", "grant_type=client_credentials", "401 login.client_refused", []string{"Content-Type", "application/x-www-form-urlencoded"}},
	}
	for _, code := range []string{"", "x", "x&grant_type=evil&js_code=y#", "密码", strings.Repeat("a", 129), "a\nb0123456"} {
		list = append(list, refusal{fmt.Sprintf("code %.12q", code), "", "POST /v1/login", in("wechat", code), "422 login.code_invalid code", nil},
			refusal{fmt.Sprintf("code %.12q in Alipay", code), "", "POST /v1/login", in("alipay", code), "422 login.code_invalid code", nil})
	}
	return list
}

func (r *refused) registrations() []refusal {
	list := []refusal{}
	add := func(name, want string, change ...any) {
		list = append(list, refusal{name, "account", "POST /v1/registration", with(r.registration(6, "周八"), change...), want, nil})
	}
	document := func(kind, number string) map[string]string { return map[string]string{"type": kind, "number": number} }
	wrong := []byte(documentNumber(6))
	wrong[17] = "0123456789X"[(strings.IndexByte("0123456789X", wrong[17])+1)%11]
	add("a wrong check digit", "422 document.check_digit document", "document", document("resident_id", string(wrong)))
	for name, digits := range map[string]string{"the 13th month": "33011019901301001", "30 February": "33011019900230001", "born tomorrow": "33011020220315001", "born in 1799": "33011017990101001"} {
		add(name, "422 document.birth_date document", "document", document("resident_id", completed(digits)))
	}
	add("no such region", "422 document.region document", "document", document("resident_id", completed("99011019900101001")))
	add("too short", "422 document.format document", "document", document("resident_id", "3301"))
	add("no passport number", "422 document.format document", "document", document("passport", "?"))
	add("no permit number", "422 document.format document", "document", document("hk_macao_permit", "Z1"))
	add("no such document", "422 document.type_unknown document", "document", document("library_card", "1"))
	add("no name", "422 name.invalid name", "name", "")
	add("a name with digits", "422 name.invalid name", "name", "周8")
	add("a name with markup", "422 name.invalid name", "name", "<b>周</b>")
	add("no phone", "422 phone.invalid phone", "phone", "12")
	add("no community", "422 request.missing_field community", "community", "")
	add("a community nobody knows", "422 community.unknown community", "community", "c0")
	add("no consent", "422 consent.missing consents", "consents", []any{})
	add("consent to what nobody asks", "422 consent.purpose_unknown consents", "consents", []any{map[string]any{"purpose": "advertising", "version": 1}, map[string]any{"purpose": "code", "version": 1}})
	add("consent to yesterday's words", "409 consent.version consents", "consents", []any{map[string]any{"purpose": "code", "version": 0}})
	add("a child alone", "422 consent.guardian_required guardian", "document", document("resident_id", completed("33011020150101001")))
	return append(list,
		refusal{"twice", "resident", "POST /v1/registration", r.registration(6, "周八"), "409 registration.already", nil},
		refusal{"a phone that is none", "resident", "PATCH /v1/me", map[string]string{"phone": "12"}, "422 phone.invalid phone", nil},
		refusal{"a move to nowhere", "resident", "PATCH /v1/me", map[string]string{"community": "c0"}, "422 community.unknown community", nil},
		refusal{"a correction to no name", "resident", "POST /v1/corrections", map[string]string{"name": "1"}, "422 name.invalid name", nil},
		refusal{"consent to nothing known", "resident", "POST /v1/consents", map[string]any{"purpose": "advertising", "version": 1}, "422 consent.purpose_unknown consents", nil})
}
