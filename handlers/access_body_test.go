package handlers_test

import (
	"encoding/base64"
	"testing"

	"github.com/pquerna/otp/totp"

	"healthcode/handlers"
	"healthcode/models"
)

const grantType = "grant_type=client_credentials"

// client is the access token of a new registry, and the headers that it asks with.
func (s *street) client() (token string, header []string) {
	s.t.Helper()
	id, secret, err := s.store.AddClient(s.t.Context(), operator, "registry", "330110")
	if err != nil {
		s.t.Fatal(err)
	}
	header = []string{"Content-Type", "application/x-www-form-urlencoded",
		"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))}
	var out struct {
		Token string `json:"access_token"`
	}
	s.ask("", "POST", "/v1/token", grantType, header...).into(s.t, &out)
	return out.Token, header
}

// body is what somebody who may ask would bring, so that nothing but who it is
// stands in the way.
func (k *knock) body(t *testing.T, r handlers.Route) (in any, header []string) {
	t.Helper()
	switch r.Method + " " + r.Path {
	case "POST /v1/login":
		return map[string]string{"platform": "wechat", "code": k.code("wechat", "anybody")}, nil
	case "POST /v1/session":
		return map[string]string{"ticket": k.ticket()}, nil
	case "POST /v1/registration":
		return k.registration(6, "周八"), nil
	case "POST /v1/phone":
		return map[string]string{"code": k.wechat.PressPhone(wechatApp, "anybody"), "message": k.alipay.PhoneMessage(alipayApp, "13812345678")}, nil
	case "POST /v1/alipay/notifications":
		form := k.alipay.Notify(alipayApp, withdrawn, map[string]string{"open_id": "somebody who never came"})
		return form.Encode(), []string{"Content-Type", "application/x-www-form-urlencoded"}
	case "POST /v1/page-config":
		return map[string]string{"page": k.origin + "/"}, nil
	case "POST /v1/messages/subscriptions":
		return map[string]any{"accepted": []string{"template-of-results"}}, nil
	case "POST /v1/links/handover":
		var asked struct{ Challenge string }
		k.ask(k.tokens["plugin"], "POST", "/v1/links/challenge", nil).into(t, &asked)
		return map[string]string{"challenge": asked.Challenge}, nil
	case "POST /v1/links":
		return map[string]string{"handover": k.handover()}, nil
	case "POST /v1/declarations":
		return map[string]any{"form": "health", "version": 1, "answers": well}, []string{"Idempotency-Key", "key-" + k.ulid()}
	case "POST /v1/visits":
		return map[string]string{"id": k.ulid(), "poster": k.venue.Poster}, nil
	case "PATCH /v1/me":
		return map[string]string{"phone": "13900139000"}, nil
	case "POST /v1/me/close":
		return map[string]string{"confirm": "close"}, nil
	case "POST /v1/corrections":
		return map[string]string{"name": "张叁"}, nil
	case "POST /v1/consents":
		return map[string]any{"purpose": "visits", "version": models.ConsentVersion}, nil
	case "POST /v1/gate":
		return map[string]string{"venue": k.venue.ID}, nil
	case "POST /v1/scans":
		return map[string]string{"id": k.ulid(), "pass": k.shown(k.tokens["resident"], 0)}, nil
	case "POST /v1/scans/kept":
		return k.keeping(keptAs{k.ulid(), k.shown(k.tokens["resident"], 0)}), nil
	case "POST /v1/entries":
		return map[string]any{"id": k.ulid(), "document": map[string]string{"type": "resident_id", "number": documentNumber(1)}}, nil
	case "POST /v1/photos":
		return picture(t), []string{"Idempotency-Key", "key-" + k.ulid()}
	case "POST /v1/appeals":
		return appealing("fact", k.contested(k.tokens["resident"])), []string{"Idempotency-Key", "key-" + k.ulid()}
	case "POST /v1/reviews/:id/judgement":
		return map[string]string{"verdict": "refuse", "words": "照片不清楚。"}, nil
	}
	return k.staffBody(t, r)
}

func (k *knock) staffBody(t *testing.T, r handlers.Route) (in any, header []string) {
	t.Helper()
	switch r.Method + " " + r.Path {
	case "POST /v1/staff/session":
		k.clock.Advance(30e9)
		code := must[string](t)(totp.GenerateCode(k.secrets["guard"], k.now()))
		return map[string]string{"username": "guard", "password": password, "code": code}, nil
	case "POST /v1/orders":
		return anOrder(1), nil
	case "POST /v1/listings":
		return aListing("420100"), nil
	case "POST /v1/exposures":
		return k.anExposure(), nil
	case "POST /v1/on-behalf/residents", "POST /v1/on-behalf/prints":
		return map[string]any{"document": anOrder(1)["document"]}, nil
	case "POST /v1/on-behalf/declarations":
		return aDeclaration(1, well), nil
	case "POST /v1/on-behalf/moves":
		return aMove(1, k.community), nil
	case "POST /v1/proposals/:id/agreement", "POST /v1/proposals/:id/refusal":
		return map[string]string{"words": "文号对不上。"}, nil
	case "POST /v1/alarms/read":
		return map[string]any{"up_to": k.now()}, nil
	case "POST /v1/drafts":
		return map[string]string{"kind": "rules", "body": tested(3)}, nil
	case "POST /v1/invitations":
		return map[string]any{"role": "guard", "display": "北门", "jurisdiction": "330110", "venue": k.venue.ID}, nil
	case "POST /v1/invitations/open":
		return map[string]string{"token": k.invitation(t)}, nil
	case "POST /v1/invitations/accept":
		token := k.invitation(t)
		var factor struct{ Secret string }
		k.ask("", "POST", "/v1/invitations/open", map[string]string{"token": token}).into(t, &factor)
		code := must[string](t)(totp.GenerateCode(factor.Secret, k.now()))
		return map[string]any{"token": token, "username": "newcomer", "password": password, "code": code}, nil
	case "POST /v1/token":
		return grantType, k.basic
	case "POST /v1/records/vaccinations":
		return map[string]any{"records": []any{dose(1)}}, nil
	case "POST /v1/records/tests":
		return map[string]any{"records": []any{result("negative")}}, nil
	}
	return k.arrivalBody(r.Method + " " + r.Path)
}

// ticket is a new one of the resident's.
func (k *knock) ticket() string {
	k.t.Helper()
	var out struct{ Ticket string }
	k.ask(k.tokens["resident"], "POST", "/v1/ticket", nil).into(k.t, &out)
	return out.Ticket
}

func (s *street) invitation(t *testing.T) string {
	t.Helper()
	return must[string](t)(s.store.OperatorInvite(t.Context(), operator, models.Staff{Role: models.RoleGuard, Display: "北门", Jurisdiction: "330110"}))
}

// dose is the n-th sample person's first.
func dose(n int) map[string]any {
	return map[string]any{"document": map[string]string{"type": "resident_id", "number": documentNumber(n)}, "name": "张三", "product": "sinovac",
		"batch": "A202101", "dose": 1, "date": "2021-06-01", "site": "仓前卫生服务中心"}
}

// result is that of the first sample person's test this morning.
func result(said string) map[string]any {
	return map[string]any{"document": map[string]string{"type": "resident_id", "number": documentNumber(1)}, "name": "张三", "kind": "pcr",
		"result": said, "sampled": noon.Add(-3 * 3600e9).Format("2006-01-02T15:04:05Z07:00"), "lab": "余杭区疾控中心"}
}

// handover is what the resident has given to the plugin that is nobody's yet.
func (k *knock) handover() string {
	k.t.Helper()
	var asked struct{ Challenge string }
	k.ask(k.tokens["plugin"], "POST", "/v1/links/challenge", nil).into(k.t, &asked)
	var given struct{ Handover string }
	k.ask(k.tokens["resident"], "POST", "/v1/links/handover", map[string]string{"challenge": asked.Challenge}).into(k.t, &given)
	return given.Handover
}
