package wechat

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/wechat/simulator"
)

func TestIdentify(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := platform.Identity{Platform: platform.WeChat, AppID: appID, OpenID: simulator.OpenID(appID, "张三")}
	for range 2 { // the same person, twice
		if diff := cmp.Diff(want, identify(t, w.App, w.Login(appID, "张三"))); diff != "" {
			t.Error(diff)
		}
	}
	if other := identify(t, w.App, w.Login(appID, "李四")); other.OpenID == want.OpenID {
		t.Error("two people are one")
	}
}

func TestIdentifyAcrossApps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.AddApp(strange, secret)
	w.Join("city", appID, "wx00000000000000a2")
	second := newApp(t, Config{AppID: "wx00000000000000a2", AppSecret: secret, Transport: w.line})
	here, there := identify(t, w.App, w.Login(appID, "张三")), identify(t, second, w.Login("wx00000000000000a2", "张三"))
	if here.OpenID == there.OpenID {
		t.Error("one openid in two apps")
	}
	if here.UnionID == "" || here.UnionID != there.UnionID {
		t.Errorf("unionid %q here, %q there", here.UnionID, there.UnionID)
	}
}

// TestRefusals has what can go wrong on the way from a phone to an identity, each
// played to the end.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code func(*testing.T, *world) string
		want models.Reason
	}{
		"used": {func(t *testing.T, w *world) string {
			c := w.Login(appID, "张三")
			identify(t, w.App, c)
			return c
		}, models.ReasonLoginCodeUsed},
		"expired": {func(_ *testing.T, w *world) string {
			c := w.Login(appID, "张三")
			w.pass(5 * time.Minute)
			return c
		}, models.ReasonLoginCode},
		"of another app": {func(_ *testing.T, w *world) string {
			w.AddApp(strange, secret)
			return w.Login("wx00000000000000a2", "张三")
		}, models.ReasonLoginCode},
		"never given": {func(*testing.T, *world) string { return "0neverGiven" }, models.ReasonLoginCode},
		"blocked": {func(_ *testing.T, w *world) string {
			w.Block("张三")
			return w.Login(appID, "张三")
		}, models.ReasonLoginBlocked},
		"too often": {func(t *testing.T, w *world) string {
			for range 100 {
				identify(t, w.App, w.Login(appID, "张三"))
			}
			return w.Login(appID, "张三")
		}, models.ReasonUpstreamBusy},
		"wrong secret": {func(_ *testing.T, w *world) string {
			w.AddApp(appID, "another")
			return w.Login(appID, "张三")
		}, models.ReasonUpstreamRefused},
		"wrong app": {func(t *testing.T, w *world) string {
			w.App = newApp(t, Config{AppID: "wx00000000000000a9", AppSecret: secret, Transport: w.line})
			return w.Login(appID, "张三")
		}, models.ReasonUpstreamRefused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			code := test.code(t, w)
			before := w.SessionKey(appID, "张三")
			who, err := w.App.Identify(t.Context(), code)
			refused(t, who, err, test.want)
			if w.SessionKey(appID, "张三") != before {
				t.Error("refused, and yet WeChat began a session")
			}
		})
	}
}

// TestNumbers has WeChat's numbers and what each is to us.
func TestNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for number, want := range map[int]models.Reason{
		-1:    models.ReasonUpstreamBusy,
		45011: models.ReasonUpstreamBusy,
		40029: models.ReasonLoginCode,
		40163: models.ReasonLoginCodeUsed,
		40226: models.ReasonLoginBlocked,
		40001: models.ReasonUpstreamRefused,
		40002: models.ReasonUpstreamRefused,
		40013: models.ReasonUpstreamRefused,
		40125: models.ReasonUpstreamRefused,
		40164: models.ReasonUpstreamRefused,
		41002: models.ReasonUpstreamRefused,
		41004: models.ReasonUpstreamRefused,
		41008: models.ReasonUpstreamRefused,
		45009: models.ReasonUpstreamBusy,
		48001: models.ReasonUpstreamRefused,
		61004: models.ReasonUpstreamRefused,
		99999: models.ReasonUpstreamRefused, // one that nobody has heard of
	} {
		w.Fail(appID, simulator.Refuse(number))
		who, err := w.App.Identify(t.Context(), w.Login(appID, "张三"))
		refused(t, who, err, want)
	}
}

// TestAnswers has what else may come instead of an answer.
func TestAnswers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("o", 129)
	w := newWorld(t)
	for name, test := range map[string]struct {
		failure simulator.Failure
		want    models.Reason
	}{
		"502 with a page":      {simulator.BadGateway, models.ReasonUpstream},
		"200 with a page":      {simulator.Portal, models.ReasonUpstream},
		"sent elsewhere":       {simulator.Away, models.ReasonUpstream},
		"half an answer":       {simulator.Cut, models.ReasonUpstream},
		"busy":                 {simulator.Busy, models.ReasonUpstreamBusy},
		"no JSON":              {simulator.Garbage, models.ReasonUpstreamLying},
		"nothing":              {simulator.Empty, models.ReasonUpstreamLying},
		"null":                 {simulator.Null, models.ReasonUpstreamLying},
		"a list":               {simulator.Says("[]"), models.ReasonUpstreamLying},
		"two answers":          {simulator.Says(`{"openid":"oA"}{"openid":"oB"}`), models.ReasonUpstreamLying},
		"half the JSON":        {simulator.Says(`{"openid":"oA"`), models.ReasonUpstreamLying},
		"openid is a number":   {simulator.Says(`{"openid":7}`), models.ReasonUpstreamLying},
		"errcode is a word":    {simulator.Says(`{"errcode":"40029"}`), models.ReasonUpstreamLying},
		"success with no one":  {simulator.Says(`{"errcode":0,"errmsg":"ok","session_key":"a"}`), models.ReasonUpstreamLying},
		"openid is empty":      {simulator.Says(`{"openid":"","session_key":"a"}`), models.ReasonUpstreamLying},
		"openid is a sentence": {simulator.Says(`{"openid":"o' OR 1=1"}`), models.ReasonUpstreamLying},
		"openid is too long":   {simulator.Says(`{"openid":"` + long + `"}`), models.ReasonUpstreamLying},
		"unionid is too long":  {simulator.Says(`{"openid":"oA","unionid":"` + long + `"}`), models.ReasonUpstreamLying},
		"error and somebody":   {simulator.Says(`{"openid":"oA","errcode":40226}`), models.ReasonLoginBlocked},
	} {
		w.Fail(appID, test.failure)
		who, err := w.App.Identify(t.Context(), w.Login(appID, "张三"))
		t.Run(name, func(t *testing.T) { refused(t, who, err, test.want) })
	}
	identify(t, w.App, w.Login(appID, "张三")) // and it recovers
}

func TestIdentifyAbandoned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	who, err := w.App.Identify(ctx, w.Login(appID, "张三"))
	refused(t, who, err, models.ReasonUpstreamSlow)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the log cannot tell that they left: %v", err)
	}
	if key := w.SessionKey(appID, "张三"); key != "" {
		t.Error("WeChat was asked for somebody who had gone")
	}
}

// TestStatus: an answer that would do is none, unless it comes with 200.
func TestStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, 201, 204, 206, 302, 304, 404, 429, 500, 503} {
		a := newApp(t, Config{AppID: appID, AppSecret: secret, Transport: says(status, `{"openid":"oA","session_key":"a"}`)})
		who, err := a.Identify(t.Context(), "0123456789abcdef")
		refused(t, who, err, models.ReasonUpstream)
	}
}

// TestNeverAsked: a call that did not come to a request is our own fault.
func TestNeverAsked(t *testing.T) {
	t.Parallel()
	refused(t, platform.Identity{}, new(call).verdict(true, nil), models.ReasonInternal)
}

func BenchmarkIdentify(b *testing.B) {
	a := newApp(b, Config{AppID: appID, AppSecret: secret, Transport: says(200, `{"openid":"oA","session_key":"a"}`)})
	for b.Loop() {
		if _, err := a.Identify(b.Context(), "0123456789abcdef"); err != nil {
			b.Fatal(err)
		}
	}
}
