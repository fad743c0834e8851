package handlers_test

import (
	"context"
	"net/http"
	"testing"

	"healthcode/models"
	"healthcode/platform"
)

// door is a provider whose login is always passed by the same person.
type door struct{ asked *platform.Attempt }

func (d door) Begin(context.Context) (platform.Attempt, string, error) {
	return platform.Attempt{State: "state", Nonce: "nonce", Verifier: "verifier"}, "https://login.example/authorize?state=state", nil
}

func (d door) Finish(_ context.Context, try platform.Attempt, state, code string) (platform.Identity, error) {
	*d.asked = try
	if !try.Began(state) || code != "code" {
		return platform.Identity{}, models.Refuse(models.ReasonLoginCode)
	}
	return platform.Identity{Platform: platform.OwnApp, AppID: "city", OpenID: "somebody"}, nil
}

// TestEnterByPage: the provider's answer counts in the browser that began, once.
func TestEnterByPage(t *testing.T) {
	t.Parallel()
	s := newStreet(t, schema.Any(t))
	var asked platform.Attempt
	s.open(t)
	s.apps.PageLogins["app"] = door{&asked}
	s.serve(t)
	begun := s.ask("", "GET", "/enter/app", nil)
	if begun.String() != "302 https://login.example/authorize?state=state" {
		t.Fatalf("begun: %s", begun)
	}
	cookie := "__Host-attempt=" + begun.cookie(t, "__Host-attempt")
	s.changesNothing(t, func() {
		for path, header := range map[string]string{"/enter/app/back?state=state&code=code": "", "/enter/app/back?state=other&code=code": cookie,
			"/enter/app/back?code=code": cookie, "/enter/app/back?state=state&code=other": cookie, "/enter/app/back?error=access_denied": cookie,
			"/enter/app/back?state=state": "__Host-attempt=%%%"} {
			if a := s.ask("", "GET", path, nil, "Cookie", header); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %s", path, a)
			}
		}
		if a := s.ask("", "GET", "/enter/nowhere", nil); a.Status != http.StatusNotFound {
			t.Errorf("a channel that is not there: %s", a)
		}
	})
	back := s.ask("", "GET", "/enter/app/back?state=state&code=code", nil, "Cookie", cookie)
	if back.String() != "303 /" || asked.Verifier != "verifier" {
		t.Fatalf("back: %s, %+v", back, asked)
	}
	if a := s.ask(back.cookie(t, "__Host-session"), "GET", "/v1/messages/templates", nil); a.Status != http.StatusOK {
		t.Errorf("the session: %s", a)
	}
}
