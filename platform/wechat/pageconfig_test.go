package wechat

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"healthcode/models"
	"healthcode/platform/wechat/simulator"
)

const pageAddress = "https://code.example/visit?v=1&t=%E9%97%A8"

// TestPageSignature has the vector of the page JS-SDK使用权限签名算法.
func TestPageSignature(t *testing.T) {
	t.Parallel()
	const ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
	c := PageConfig{Nonce: "Wm3WZYTPz0wzccnW", Timestamp: 1414587457}
	if got := c.sign(ticket, "http://mp.weixin.qq.com?params=value"); got != "0f9de62fce790f9a083d5c99e95740ceb90c27ed" {
		t.Errorf("got %s", got)
	}
	if c.sign(ticket, "http://mp.weixin.qq.com?params=value#part") != c.sign(ticket, "http://mp.weixin.qq.com?params=value") {
		t.Error("what follows a # counts")
	}
}

func TestPageConfig(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nonces := map[string]bool{}
	for _, address := range []string{pageAddress, pageAddress + "#part", "https://code.example", "https://code.example:8443/"} {
		c, err := w.Page.PageConfig(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if c.AppID != pageID || c.Timestamp != start.Unix() || len(c.Nonce) < 16 || nonces[c.Nonce] {
			t.Errorf("got %+v", c)
		}
		nonces[c.Nonce] = true
		if !w.Configure(pageID, address, c.Nonce, c.Signature, c.Timestamp) {
			t.Errorf("the browser does not take the signature of %s", address)
		}
		if w.Configure(pageID, address+"x", c.Nonce, c.Signature, c.Timestamp) == !strings.Contains(address, "#") {
			t.Errorf("the browser takes it for another page than %s", address)
		}
	}
	if tickets, tokens := w.seen.count(atTicket), w.seen.count(atToken); tickets != 1 || tokens != 1 {
		t.Errorf("%d tickets and %d tokens for four pages", tickets, tokens)
	}
}

func TestPageConfigRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, address := range []string{"", "code.example", "/visit", "http://code.example/", "https:///visit", "https://a:b@code.example/", "javascript:alert(1)", "https://code.example/%zz"} {
		c, err := w.Page.PageConfig(t.Context(), address)
		if why(t, alone(t, c, err)) != models.ReasonFieldBad || onField(err) != "page" {
			t.Errorf("%q: %v", address, err)
		}
	}
	if n := w.seen.all(); n != 0 {
		t.Errorf("WeChat was asked %d times", n)
	}
}

// TestPageTicketLasts: a ticket is kept until it ends, and renewed in its last
// minutes while nobody waits.
func TestPageTicketLasts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		sign := func(want int) {
			t.Helper()
			c, err := w.Page.PageConfig(t.Context(), pageAddress)
			if err != nil || c.Timestamp != w.now().Unix() {
				t.Fatalf("%+v, %v", c, err)
			}
			synctest.Wait()
			if n := w.seen.count(atTicket); n != want {
				t.Errorf("at %v: %d tickets", w.now(), n)
			}
		}
		sign(1)
		first := w.Ticket(pageID)
		w.pass(2*time.Hour - 5*time.Minute - time.Second)
		sign(1)
		w.pass(time.Second)
		sign(2) // signed with the first, and the next one is there
		sign(2)
		if next := w.Ticket(pageID); next == first {
			t.Error("the ticket was not renewed")
		}
		w.pass(24 * time.Hour)
		sign(3) // all of them ended long ago
	})
}

// TestPageConfigTogether: everybody who comes at once shares one question.
func TestPageConfigTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			c, err := w.Page.PageConfig(t.Context(), pageAddress)
			if err != nil || !w.Configure(pageID, pageAddress, c.Nonce, c.Signature, c.Timestamp) {
				t.Errorf("%+v, %v", c, err)
			}
		})
	}
	all.Wait()
	if tickets, tokens := w.seen.count(atTicket), w.seen.count(atToken); tickets != 1 || tokens != 1 {
		t.Errorf("%d tickets and %d tokens", tickets, tokens)
	}
}

// TestPageTickets has answers that lend no ticket.
func TestPageTickets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, answer := range []string{`{"errcode":0,"ticket":"","expires_in":7200}`, `{"errcode":0,"ticket":"a b","expires_in":7200}`,
		`{"errcode":0,"ticket":"a&url=b","expires_in":7200}`, `{"errcode":0,"ticket":"a","expires_in":0}`, `{"errcode":0,"ticket":"a","expires_in":-1}`,
		`{"errcode":0,"ticket":"a","expires_in":"7200"}`, `{"errcode":0,"ticket":"` + strings.Repeat("a", 513) + `","expires_in":7200}`} {
		w.FailAt(pageID, atTicket, simulator.Says(answer))
		c, err := w.Page.PageConfig(t.Context(), pageAddress)
		if why(t, alone(t, c, err)) != models.ReasonUpstreamLying {
			t.Errorf("%.60s: %v", answer, err)
		}
	}
	if _, err := w.Page.PageConfig(t.Context(), pageAddress); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
