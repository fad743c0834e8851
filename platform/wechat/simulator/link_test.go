package simulator_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestLinks(t *testing.T) {
	t.Parallel()
	s, now := play()
	if got := post(t, s, atLink, map[string]any{}); got.number() != 85079 {
		t.Errorf("nothing is published: %v", got)
	}
	s.AddPages("wx1", "pages/a")
	until := func(d time.Duration) map[string]any {
		return map[string]any{"path": "pages/a", "is_expire": true, "expire_type": 0, "expire_time": now.Add(d).Unix()}
	}
	days := func(n int) map[string]any {
		return map[string]any{"path": "pages/a", "is_expire": true, "expire_type": 1, "expire_interval": n}
	}
	made := map[string]bool{}
	const month = 30 * 24 * time.Hour
	for _, c := range []struct {
		in   map[string]any
		want int
		life time.Duration
	}{
		{map[string]any{"path": "pages/a", "query": "a=b%20c&d"}, 0, month},
		{map[string]any{"query": strings.Repeat("q", 1024)}, 0, month}, // the main page
		{until(time.Minute), 0, time.Minute}, {until(month), 0, month}, {days(1), 0, 24 * time.Hour}, {days(30), 0, month},
		{until(time.Minute - time.Second), 85401, 0}, {until(-time.Hour), 85401, 0}, {until(month + time.Second), 85401, 0},
		{days(0), 85401, 0}, {days(31), 85401, 0},
		{map[string]any{"path": "pages/never"}, 40165, 0}, {map[string]any{"path": "pages/a?b=c"}, 40165, 0},
		{map[string]any{"path": "pages/a", "query": "a b"}, 40212, 0}, {map[string]any{"path": "pages/a", "query": "字"}, 40212, 0},
		{map[string]any{"path": "pages/a", "query": strings.Repeat("q", 1025)}, 40212, 0},
		{map[string]any{"path": 7}, 47001, 0},
	} {
		before := len(s.Links("wx1"))
		got := post(t, s, atLink, c.in)
		link, all := got.text("url_link"), s.Links("wx1")
		if got.number() != c.want || (link != "") != (c.want == 0) || len(all)-before != map[bool]int{true: 1}[c.want == 0] {
			t.Errorf("%.80v: %v, want %d", c.in, got, c.want)
			continue
		}
		if c.want != 0 {
			continue
		}
		if last := all[len(all)-1]; last.URL != link || !last.End.Equal(now.Add(c.life)) || !regexp.MustCompile(`^https://wxaurl\.cn/\w{11}$`).MatchString(link) {
			t.Errorf("%.80v: %+v", c.in, last)
		}
		made[link] = true
	}
	if len(made) != 6 {
		t.Errorf("%d different links", len(made))
	}
}
