package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"healthcode/platform/alipay/simulator"
)

// TestFailuresPlayInTurn: each once, in order, for the app that they are for;
// then everything works again.
func TestFailuresPlayInTurn(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	s.Fail(appID, simulator.EmptyObject)
	s.Fail(appID, simulator.Empty, simulator.Garbage)
	code := s.Login(appID, "anna")
	for _, want := range []string{"{}", "", "\x00\x01 not JSON"} {
		if a := s.ask(t, s.tokenRequest(code)); string(a.body) != want {
			t.Errorf("%q, want %q", a.body, want)
		}
	}
	if s.Effects(appID) != 0 || s.ask(t, s.tokenRequest(code)).text("open_id") == "" {
		t.Error("a failure used the code up")
	}
	s.Break(other, simulator.Empty)
	if a := s.ask(t, s.tokenRequest(s.Login(appID, "anna"))); a.text("open_id") == "" {
		t.Errorf("another app's failure: %s", a.body)
	}
	s.Break(appID, simulator.Empty)
	for range 3 {
		if a := s.ask(t, s.tokenRequest(code)); len(a.body) != 0 {
			t.Errorf("broken: %s", a.body)
		}
	}
	s.Mend(appID)
	if a := s.ask(t, s.tokenRequest(s.Login(appID, "anna"))); a.text("open_id") == "" {
		t.Errorf("mended: %s", a.body)
	}
	if asked := s.Asked(appID); len(asked) != 9 || asked[0] != "alipay.system.oauth.token" {
		t.Errorf("asked %v", asked)
	}
}

// TestAnswersThatAreWrong: what each of them is, byte by byte where it counts.
func TestAnswersThatAreWrong(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	const query = "alipay.user.certify.open.query"
	const node = "alipay_user_certify_open_query_response"
	for name, c := range map[string]struct {
		fail   simulator.Failure
		status int
		name   string
		signed bool // by Alipay, over the node
		sign   bool // there is one
		code   string
	}{
		"BadGateway": {fail: simulator.BadGateway, status: 502}, "Portal": {fail: simulator.Portal, status: 200}, "Away": {fail: simulator.Away, status: 307},
		"Unavailable": {simulator.Unavailable, 503, node, true, true, "10000"}, "Huge": {simulator.Huge, 200, node, true, true, ""},
		"Null": {simulator.Null, 200, node, false, false, ""}, "SignedNull": {simulator.SignedNull, 200, node, true, true, ""},
		"Nobody": {simulator.Nobody, 200, node, true, true, "10000"}, "List": {simulator.List, 200, node, true, true, ""}, "Odd": {simulator.Odd, 200, node, true, true, ""},
		"Unsigned": {simulator.Unsigned, 200, node, false, false, "10000"}, "NoSign": {simulator.NoSign, 200, node, false, true, "10000"},
		"Forged": {simulator.Forged, 200, node, false, true, "10000"}, "Altered": {simulator.Altered, 200, node, false, true, "10000"},
		"Stranger": {simulator.Stranger, 200, node, false, true, "10000"}, "Impostor": {simulator.Impostor, 200, node, false, true, "10000"},
		"ImpostorsCertificate": {simulator.ImpostorsCertificate, 200, node, true, true, "10000"},
		"SignedRefusal":        {simulator.SignedRefusal, 200, node, true, true, "20000"}, "Limited": {simulator.Limited, 200, node, true, true, "40005"},
		"LostToken": {simulator.LostToken, 200, node, true, true, "20001"}, "ExpiredToken": {simulator.ExpiredToken, 200, node, true, true, "20001"},
		"NoPermission":       {simulator.NoPermission, 200, node, true, true, "40006"},
		"RefuseUnsigned":     {simulator.RefuseUnsigned("40004", "X"), 200, node, false, false, "40004"},
		"RefuseAtTheDoor":    {simulator.RefuseAtTheDoor("40004", "X"), 200, "error_response", false, false, "40004"},
		"Refuse, enciphered": {simulator.Refuse("40004", "X"), 200, node, true, true, "40004"},
	} {
		s.Fail(appID, c.fail)
		a := s.ask(t, s.request(query, "biz_content", `{"certify_id":"secret"}`))
		if a.status != c.status || a.name != c.name || a.signedBy(s.alipay) != c.signed || (a.sign != "") != c.sign || a.code() != c.code {
			t.Errorf("%s: %d %s, signed %v, %.300s", name, a.status, a.name, a.signedBy(s.alipay), a.body)
		}
	}
	if s.Effects(appID) != 0 {
		t.Error("something was changed")
	}
}

// TestRefusalsRepeatWhatWasSent: as Alipay's words can, so whoever logs them logs
// secrets.
func TestRefusalsRepeatWhatWasSent(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	s.Fail(appID, simulator.NoPermission)
	if a := s.ask(t, s.tokenRequest("secret7secret")); !strings.Contains(a.text("sub_msg"), "secret7secret") {
		t.Errorf("%s", a.body)
	}
}

// TestFailuresOfTheConnection: over a real one.
func TestFailuresOfTheConnection(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	server := httptest.NewUnstartedServer(s)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	post := func(ctx context.Context, code string) ([]byte, error) {
		form := sign(s.keys[0].private, s.tokenRequest(code))
		q, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/gateway.do", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := server.Client().Do(q)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		return io.ReadAll(answer.Body)
	}
	for name, c := range map[string]struct {
		fail    simulator.Failure
		effects int
	}{"HangUp": {simulator.HangUp, 0}, "Cut": {simulator.Cut, 0}, "Lost": {simulator.Lost, 1}} {
		s.Fail(appID, c.fail)
		before := s.Effects(appID)
		if body, err := post(t.Context(), s.Login(appID, "anna")); err == nil || s.Effects(appID)-before != c.effects {
			t.Errorf("%s: %s, %v, %d effects", name, body, err, s.Effects(appID)-before)
		}
	}
	s.Fail(appID, simulator.Hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := post(ctx, s.Login(appID, "anna")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Hang: %v", err)
	}
}

// TestImpostor: they sign with the certificate whose number they give, and are
// not vouched for.
func TestImpostor(t *testing.T) {
	t.Parallel()
	s := play(t, simulator.OpenIDOnly)
	s.Fail(appID, simulator.Impostor, simulator.ImpostorsCertificate)
	forged := s.ask(t, s.tokenRequest(s.Login(appID, "anna")))
	var number struct {
		SN string `json:"alipay_cert_sn"`
	}
	if err := json.Unmarshal(forged.body, &number); err != nil {
		t.Fatal(err)
	}
	download := s.ask(t, s.request("alipay.open.app.alipaycert.download", "biz_content", `{"alipay_cert_sn":"`+number.SN+`"}`))
	found := certificates(string(decode(t, download.text("alipay_cert_content"))))
	if len(found) != 1 || simulator.SerialNumber(found[0]) != number.SN || !forged.signedBy(publicKey(t, found[0])) {
		t.Errorf("%s\n%s", forged.body, download.body)
	}
	for _, root := range certificates(s.RootCertificate()) {
		if bytes.Equal(found[0].RawIssuer, root.RawSubject) {
			t.Error("the impostor has a root")
		}
	}
}
