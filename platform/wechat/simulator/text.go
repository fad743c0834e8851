package simulator

import (
	"strings"
	"time"
	"unicode/utf8"
)

// What the page msgSecCheck says.
const (
	comeWithin  = 2 * time.Hour
	longestText = 2500
)

// riskySample is what the vendor once told developers to try.
const riskySample = "特3456书yuuo莞6543李zxcz蒜7782法fgnv级"

// Dislike makes WeChat take texts with one of these words for unlawful.
func (s *Simulator) Dislike(words ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.risky = append(s.risky, words...)
}

// Doubt makes WeChat not sure of texts with one of these words.
func (s *Simulator) Doubt(words ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsure = append(s.unsure, words...)
}

// checkText answers wxa/msg_sec_check, page msgSecCheck, version 2.
func (s *Simulator) checkText(a *app, in struct {
	Version int
	OpenID  string
	Scene   int
	Content string
}) any {
	user, known := a.users[in.OpenID]
	switch {
	case in.Version != 2 || in.Scene < 1 || in.Scene > 4:
		return s.failed(40097, "invalid args")
	case in.Content == "":
		return s.failed(44004, "empty content")
	case utf8.RuneCountInString(in.Content) > longestText:
		return s.failed(45002, "content size out of limit")
	case !known:
		return s.failed(40003, "invalid openid")
	case s.now().Sub(a.opened[user]) >= comeWithin:
		return s.failed(61010, "code is expired")
	}
	suggest, label := "pass", 100
	if holds(in.Content, s.unsure) {
		suggest, label = "review", 21000
	}
	if holds(in.Content, s.risky) {
		suggest, label = "risky", 20006
	}
	return ok(map[string]any{
		"result":   map[string]any{"suggest": suggest, "label": label},
		"detail":   []any{map[string]any{"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}},
		"trace_id": fresh(26),
	})
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
