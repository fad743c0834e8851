package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/pquerna/otp/totp"

	"healthcode/models"
)

func (r *refused) declarations() []refusal {
	list := []refusal{}
	add := func(name, want string, in any, more ...string) {
		list = append(list, refusal{name, "resident", "POST /v1/declarations", in, want, more})
	}
	answer := func(change ...any) any { return declaration(with(well, change...)) }
	add("a fever of 97", "422 answer.range temperature", answer("temperature", 97))
	add("a temperature in words", "422 answer.type temperature", answer("temperature", "warm"))
	add("an answer nobody asked for", "422 answer.unknown_field shoe_size", answer("shoe_size", 42))
	add("a symptom nobody knows", "422 answer.option symptoms", answer("symptoms", []string{"boredom"}))
	add("none and another", "422 answer.conflict symptoms", answer("symptoms", []string{"none", "cold_like"}))
	add("no answers", "422 answer.missing temperature", declaration(map[string]any{}))
	add("answers that are no object", "422 answer.type", declaration([]int{1}))
	add("another version", "409 form.version", with(declaration(well), "version", 99))
	add("no such form", "404 form.unknown", with(declaration(well), "form", "wealth"))
	add("no key", "422 request.idempotency_key", declaration(well), "X", "Y")
	add("a short key", "422 request.idempotency_key", declaration(well), "Idempotency-Key", "short")
	add("a key with another body", "409 request.idempotency_conflict", declaration(ill), "Idempotency-Key", r.id["key"])
	stay := func(place, from, to string) any {
		return map[string]any{"form": "itinerary", "version": 1, "answers": map[string]any{"travelled": "yes", "stays": []any{map[string]string{"place": place, "from": from, "to": to}}}}
	}
	add("a place that is none", "422 place.unknown stays.0.place", stay("999999", "2022-03-10", "2022-03-11"))
	add("30 February", "422 answer.date stays.0.from", stay("420100", "2022-02-30", "2022-03-11"))
	add("gone before they came", "422 answer.date stays.0.to", stay("420100", "2022-03-11", "2022-03-10"))
	add("a stay next week", "422 answer.date stays.0.from", stay("420100", "2022-03-20", "2022-03-21"))
	add("a stay long ago", "422 answer.date stays.0.from", stay("420100", "2022-01-20", "2022-03-11"))
	return list
}

func (r *refused) visits() []refusal {
	at := func(d time.Duration) string {
		return ulid.MustNew(ulid.Timestamp(r.now().Add(d)), ulid.DefaultEntropy()).String()
	}
	door := func(id, poster string) map[string]string { return map[string]string{"id": id, "poster": poster} }
	return []refusal{
		{"no such poster", "resident", "POST /v1/visits", door(r.ulid(), "AAAAAAAAAAAAAAAA"), "404 venue.unknown", nil},
		{"no id", "resident", "POST /v1/visits", door("", r.venue.Poster), "422 visit.id id", nil},
		{"an id of last year", "resident", "POST /v1/visits", door(at(-365*24*time.Hour), r.venue.Poster), "422 visit.id id", nil},
		{"an id of tomorrow", "resident", "POST /v1/visits", door(at(24*time.Hour), r.venue.Poster), "422 visit.id id", nil},
		{"another's visit", "gate", "POST /v1/entries", map[string]any{"id": r.id["visit"], "document": map[string]string{"type": "resident_id", "number": documentNumber(2)}}, "409 visit.conflict id", nil},
		{"visits not agreed to", "other", "POST /v1/visits", door(r.ulid(), r.venue.Poster), "403 consent.not_given visits", nil},
		{"a document with a typing error", "gate", "POST /v1/entries", map[string]any{"id": r.ulid(), "document": map[string]string{"type": "resident_id", "number": "330110198001010011"}}, "422 document.check_digit document", nil},
		{"a venue nobody knows", "gate", "POST /v1/gate", map[string]string{"venue": "v0"}, "404 venue.unknown venue", nil},
	}
}

func (r *refused) scans() []refusal {
	photograph := r.shown(r.tokens["other"], 0)
	r.clock.Advance(30 * time.Second)
	lost := r.login("wechat", "张三1")
	lostPass := r.shown(lost, 0)
	r.ask(lost, "DELETE", "/v1/session", nil).into(r.t, nil)
	shown := r.shown(r.tokens["other"], 0)
	altered := []byte(shown)
	altered[len(altered)-2] = '0' + (altered[len(altered)-2]-'0'+1)%8
	list := []refusal{}
	add := func(name, want, pass string) {
		list = append(list, refusal{name, "gate", "POST /v1/scans", map[string]string{"id": r.ulid(), "pass": pass}, want, nil})
	}
	add("altered", "422 pass.altered", string(altered))
	add("foreign", "422 pass.foreign", "https://example.com/another-code")
	add("cut off", "422 pass.malformed", shown[:len(shown)-9])
	add("nothing", "422 pass.foreign", "")
	add("a lost phone's", "410 pass.revoked", lostPass)
	add("a photograph", "410 pass.stale", photograph)
	add("a clock ahead", "422 pass.early", r.shown(r.tokens["other"], -time.Minute))
	kept := func(name, want string, in any) {
		list = append(list, refusal{name, "gate", "POST /v1/scans/kept", in, want, nil})
	}
	kept("nothing kept", "422 visit.too_many scans", r.keeping())
	kept("too many kept", "422 visit.too_many scans", r.keeping(slices.Repeat([]keptAs{{r.ulid(), shown}}, models.KeptMost+1)...))
	kept("kept at another venue", "409 gate.venue_other venue", with(r.keeping(keptAs{r.ulid(), shown}), "venue", "v0"))
	kept("kept nowhere", "409 gate.venue_other venue", with(r.keeping(keptAs{r.ulid(), shown}), "venue", ""))
	kept("kept with more than was scanned", "422 request.unknown_field colour", with(r.keeping(), "scans", []any{map[string]string{"id": r.ulid(), "pass": shown, "colour": "green"}}))
	return list
}

func (r *refused) desk() []refusal {
	judge := func(verdict, words string) map[string]string {
		return map[string]string{"verdict": verdict, "words": words}
	}
	claimed, own, waiting := "/v1/reviews/"+r.id["claimed"], "/v1/reviews/"+r.id["own"], "/v1/reviews/"+r.id["waiting"]
	return []refusal{
		{"outside the community", "outsider", "POST " + waiting + "/claim", nil, "404 review.unknown", nil},
		{"judged outside the community", "outsider", "POST " + claimed + "/judgement", judge("approve", ""), "404 review.unknown", nil},
		{"one's own case", "relative", "POST " + own + "/claim", nil, "403 review.own_case", nil},
		{"one's own case judged", "relative", "POST " + own + "/judgement", judge("clear", "好。"), "403 review.own_case", nil},
		{"a colleague's", "colleague", "POST " + claimed + "/claim", nil, "409 review.taken", nil},
		{"a colleague's judged", "colleague", "POST " + claimed + "/judgement", judge("approve", ""), "409 review.not_claimed", nil},
		{"not claimed", "worker", "POST " + waiting + "/judgement", judge("approve", ""), "409 review.not_claimed", nil},
		{"no such verdict", "worker", "POST " + claimed + "/judgement", judge("maybe", "好。"), "422 review.verdict verdict", nil},
		{"refused without a word", "worker", "POST " + claimed + "/judgement", judge("refuse", "  "), "422 review.reason_required words", nil},
		{"too many words", "worker", "POST " + claimed + "/judgement", judge("refuse", strings.Repeat("长", 201)), "422 answer.too_long words", nil},
		{"no such review", "worker", "POST /v1/reviews/x/claim", nil, "404 review.unknown", nil},
	}
}

func (r *refused) joining() []refusal {
	in := map[string]any{"role": "guard", "display": "北门", "jurisdiction": "330110"}
	accept := map[string]any{"token": r.id["open invitation"], "username": "newcomer", "password": password, "code": "000000"}
	return []refusal{
		{"an invitation elsewhere", "admin", "POST /v1/invitations", with(in, "jurisdiction", "420100"), "403 actor.forbidden jurisdiction", nil},
		{"an invitation to a role that is none", "admin", "POST /v1/invitations", with(in, "role", "mayor"), "422 request.bad_value role", nil},
		{"an invitation to nobody", "admin", "POST /v1/invitations", with(in, "display", ""), "422 request.bad_value display", nil},
		{"an invitation that has ended", "", "POST /v1/invitations/open", map[string]string{"token": r.id["invitation"]}, "410 invitation.invalid", nil},
		{"an invitation nobody made", "", "POST /v1/invitations/open", map[string]string{"token": "A"}, "410 invitation.invalid", nil},
		{"a weak password", "", "POST /v1/invitations/accept", with(accept, "password", "short"), "422 invitation.password_weak password", nil},
		{"a wrong second factor", "", "POST /v1/invitations/accept", accept, "422 request.bad_value code", nil},
		{"a name that is taken", "", "POST /v1/invitations/accept", with(accept, "username", "guard", "code", r.factor()), "409 invitation.username_taken username", nil},
	}
}

// factor is the code that goes with the open invitation.
func (r *refused) factor() string {
	r.t.Helper()
	var out struct{ Secret string }
	r.ask("", "POST", "/v1/invitations/open", map[string]string{"token": r.id["open invitation"]}).into(r.t, &out)
	return must[string](r.t)(totp.GenerateCode(out.Secret, r.now()))
}

func (r *refused) records() []refusal {
	list := []refusal{}
	add := func(name, kind, want string, records ...any) {
		list = append(list, refusal{name, "client", "POST /v1/records/" + kind, map[string]any{"records": records}, want, nil})
	}
	many := make([]any, 501)
	for i := range many {
		many[i] = dose(i)
	}
	add("none", "vaccinations", "422 records.missing records")
	add("too many", "vaccinations", "422 answer.too_many records", many...)
	add("one good and one bad", "vaccinations", "422 record.product records.1.product", dose(8), with(dose(9), "product", "snake oil"))
	add("dose 0", "vaccinations", "422 record.dose records.0.dose", with(dose(9), "dose", 0))
	add("tomorrow's dose", "vaccinations", "422 record.date records.0.date", with(dose(9), "date", "2022-03-16"))
	add("30 February", "vaccinations", "422 record.date records.0.date", with(dose(9), "date", "2022-02-30"))
	add("a document that is none", "vaccinations", "422 document.format records.0.document", with(dose(9), "document", map[string]string{"type": "resident_id", "number": "1"}))
	add("another dose of the same number", "vaccinations", "409 record.conflict records.0", with(dose(1), "product", "sinopharm-beijing"))
	add("a result that is none", "tests", "422 record.result records.0.result", result("maybe"))
	add("an unknown field", "tests", "422 request.unknown_field mood", with(result("negative"), "mood", "good"))
	return list
}

// TestEveryBadRecordIsNamed: a batch is read to its end before it is refused.
func TestEveryBadRecordIsNamed(t *testing.T) {
	t.Parallel()
	s := settled(t)
	token, _ := s.client()
	bad := with(dose(2), "product", "snake oil", "dose", 12, "name", "")
	s.changesNothing(t, func() {
		a := s.ask(token, "POST", "/v1/records/vaccinations", map[string]any{"records": []any{dose(1), bad, dose(3), with(dose(4), "date", "soon")}})
		var got []string
		for _, f := range a.problem().Fields {
			got = append(got, fmt.Sprint(f.Field, " ", f.Reason))
		}
		want := "records.1.name name.invalid, records.1.product record.product, records.1.dose record.dose, records.3.date record.date"
		if line := strings.Join(got, ", "); line != want {
			t.Errorf("got %s\nwant %s", line, want)
		}
	})
}
