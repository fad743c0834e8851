package handlers_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"healthcode/models/store/storetest"
	alipaysim "healthcode/platform/alipay/simulator"
	wechatsim "healthcode/platform/wechat/simulator"
)

// breakage is how a platform lets us down, and what the resident is told.
type breakage struct {
	name, app string
	fail      func(*town)
	want      string
}

func breakages() (list []breakage) {
	for name, f := range map[string]struct {
		failure wechatsim.Failure
		want    string
	}{
		"a proxy's page": {wechatsim.BadGateway, "502 upstream.failed"}, "a portal": {wechatsim.Portal, "502 upstream.failed"},
		"garbage": {wechatsim.Garbage, "502 upstream.answer_unusable"}, "nobody named": {wechatsim.EmptyObject, "502 upstream.answer_unusable"},
		"null": {wechatsim.Null, "502 upstream.answer_unusable"}, "nothing": {wechatsim.Empty, "502 upstream.answer_unusable"},
		"busy": {wechatsim.Busy, "502 upstream.busy"}, "hung up": {wechatsim.HangUp, "502 upstream.failed"},
		"not on the list": {wechatsim.Refuse(40164), "502 upstream.refused_us"}, "blocked": {wechatsim.Refuse(40226), "403 login.blocked"},
	} {
		list = append(list, breakage{name, "wechat", func(t *town) { t.wechat.Fail(wechatApp, f.failure) }, f.want})
	}
	for name, f := range map[string]struct {
		failure alipaysim.Failure
		want    string
	}{
		"a proxy's page": {alipaysim.BadGateway, "502 upstream.failed"}, "nothing": {alipaysim.Empty, "502 upstream.failed"},
		"nobody named": {alipaysim.Nobody, "502 upstream.answer_unusable"}, "null": {alipaysim.Null, "502 upstream.answer_unusable"},
		"no signature": {alipaysim.Unsigned, "502 upstream.answer_unusable"}, "a forged signature": {alipaysim.Forged, "502 upstream.answer_unusable"},
		"a signed no": {alipaysim.SignedRefusal, "502 upstream.busy"}, "hung up": {alipaysim.HangUp, "502 upstream.failed"},
	} {
		list = append(list, breakage{name, "alipay", func(t *town) { t.alipay.Fail(alipayApp, f.failure) }, f.want})
	}
	return list
}

// TestUpstreamFails: whatever a platform does, the resident reads what to do, no
// table is changed, no secret is told, and the next try makes one account.
func TestUpstreamFails(t *testing.T) {
	t.Parallel()
	s := settled(t)
	for i, b := range breakages() {
		t.Run(b.app+"/"+b.name, func(t *testing.T) {
			user := fmt.Sprint("unlucky", i)
			b.fail(s.town)
			s.changesNothing(t, func() {
				a := s.ask("", "POST", "/v1/login", map[string]string{"platform": b.app, "code": s.code(b.app, user)}, "Accept-Language", "zh")
				if a.String() != b.want || a.problem().Text == "" {
					t.Errorf("got %s, want %s: %s", a, b.want, a.Body)
				}
				if bytes.Contains(a.Body, []byte(wechatKey)) {
					t.Error("it tells the app's secret")
				}
			})
			onceMore(t, s, b.app, user)
		})
	}
}

// onceMore logs in twice and expects one account.
func onceMore(t *testing.T, s *street, app, user string) {
	t.Helper()
	before := len(storetest.Dump(t, s.db)["accounts"])
	s.login(app, user)
	s.login(app, user)
	if made := len(storetest.Dump(t, s.db)["accounts"]) - before; made != 1 {
		t.Errorf("%d accounts were made, want 1", made)
	}
}

// TestUpstreamHangs: a resident waits for as long as the adapter does, and no
// longer.
func TestUpstreamHangs(t *testing.T) {
	t.Parallel()
	s := newStreet(t, schema.Any(t))
	s.wait = 50 * time.Millisecond
	s.open(t)
	s.wechat.Fail(wechatApp, wechatsim.Hang)
	s.alipay.Fail(alipayApp, alipaysim.Hang)
	for _, app := range []string{"wechat", "alipay"} {
		s.changesNothing(t, func() {
			a := s.ask("", "POST", "/v1/login", map[string]string{"platform": app, "code": s.code(app, "patient")})
			if a.String() != "502 upstream.slow" {
				t.Errorf("%s hangs, and the resident gets %s", app, a)
			}
		})
	}
}

// TestLostAnswer: WeChat took the code and its answer was lost. The code is used,
// the resident is told so, and a new one works.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	s := settled(t)
	in := map[string]string{"platform": "wechat", "code": s.code("wechat", "unheard")}
	s.wechat.Fail(wechatApp, wechatsim.Lost)
	s.changesNothing(t, func() {
		if a := s.ask("", "POST", "/v1/login", in); a.String() != "502 upstream.failed" {
			t.Errorf("got %s", a)
		}
		if a := s.ask("", "POST", "/v1/login", in); a.String() != "422 login.code_used" {
			t.Errorf("again: got %s", a)
		}
	})
	onceMore(t, s, "wechat", "unheard")
}

// TestRetryDoublesNothing sends everything that a phone repeats when it has not
// heard the answer.
func TestRetryDoublesNothing(t *testing.T) {
	t.Parallel()
	s := settled(t)
	resident := s.resident("wechat", 1, "张三")
	guard := s.gate()
	client, _ := s.client()
	for _, c := range []struct {
		name, token, path string
		in                any
		header            []string
	}{
		{"a declaration", resident, "/v1/declarations", declaration(ill), []string{"Idempotency-Key", "a key of the resident's"}},
		{"a visit", resident, "/v1/visits", map[string]string{"id": s.ulid(), "poster": s.venue.Poster}, nil},
		{"a scan", guard, "/v1/scans", map[string]string{"id": s.ulid(), "pass": s.shown(resident, 0)}, nil},
		{"a kept scan", guard, "/v1/scans/kept", s.keeping(keptAs{s.ulid(), s.shown(resident, 0)}), nil},
		{"an entry", guard, "/v1/entries", map[string]any{"id": s.ulid(), "document": map[string]string{"type": "resident_id", "number": documentNumber(7)}}, nil},
		{"doses", client, "/v1/records/vaccinations", map[string]any{"records": []any{dose(1)}}, nil},
		{"results", client, "/v1/records/tests", map[string]any{"records": []any{result("negative")}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			first := s.ask(c.token, "POST", c.path, c.in, c.header...)
			first.into(t, nil)
			rows := storetest.Dump(t, s.db)
			again := s.ask(c.token, "POST", c.path, c.in, c.header...)
			again.into(t, nil)
			if first.Status != again.Status || !strings.Contains(c.path, "records") && !bytes.Equal(first.Body, again.Body) {
				t.Errorf("first %s, again %s", first.Body, again.Body)
			}
			for table, now := range storetest.Dump(t, s.db) {
				if grown := len(now) - len(rows[table]); grown != 0 && table != "accesses" {
					t.Errorf("%s has %d rows more", table, grown)
				}
			}
		})
	}
}
