package simulator_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/platform/wechat/simulator"
)

// TestSubscribe: WeChat shows the question for three at most, and not for the two
// kinds together.
func TestSubscribe(t *testing.T) {
	t.Parallel()
	s, _ := play()
	for id, forGood := range map[string]bool{"a": true, "b": true, "c": true, "d": true, "x": false, "y": false} {
		s.AddTemplate("wx1", id, forGood, "thing1")
	}
	for _, c := range []struct {
		ids  []string
		want bool
	}{
		{nil, false}, {[]string{"a"}, true}, {[]string{"a", "b", "c"}, true}, {[]string{"a", "b", "c", "d"}, false},
		{[]string{"x", "y"}, true}, {[]string{"a", "x"}, false}, {[]string{"x", "a"}, false}, {[]string{"never"}, false}, {[]string{"a", "never"}, false},
	} {
		if got := s.Subscribe("wx1", "anna", c.ids...); got != c.want {
			t.Errorf("%v: %v", c.ids, got)
		}
	}
	if s.Subscribe("wx2", "anna", "a") {
		t.Error("another app's template")
	}
}

// TestOneTimeSubscriptions are as many messages as there were acceptances, and
// those for good are as many as anybody likes.
func TestOneTimeSubscriptions(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.AddTemplate("wx1", "once", false, "thing1")
	s.AddTemplate("wx1", "forGood", true, "thing1")
	tell := func(template string, want int) {
		t.Helper()
		got := post(t, s, atMessage, map[string]any{"touser": simulator.OpenID("wx1", "anna"), "template_id": template,
			"data": map[string]any{"thing1": map[string]any{"value": "words"}}})
		if got.number() != want {
			t.Errorf("%s: %v, want %d", template, got, want)
		}
	}
	s.Login("wx1", "anna")
	tell("once", 43101)
	tell("forGood", 43101)
	for range 2 {
		s.Subscribe("wx1", "anna", "once")
		s.Subscribe("wx1", "anna", "forGood")
	}
	tell("once", 0)
	tell("once", 0)
	tell("once", 43101)
	for range 5 {
		tell("forGood", 0)
	}
	s.Unsubscribe("wx1", "anna", "forGood")
	tell("forGood", 43101)
	if n := len(s.Messages("wx1")); n != 7 || n != s.Done("wx1", atMessage) {
		t.Errorf("%d messages", n)
	}
}

// TestMessages has what a message must be. A refused one costs no acceptance.
func TestMessages(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.AddPages("wx1", "p/p")
	s.AddTemplate("wx1", "once", false, "thing1", "time2")
	s.Subscribe("wx1", "anna", "once")
	s.Login("wx1", "bo")
	value := func(v any) map[string]any { return map[string]any{"value": v} }
	data := map[string]any{"thing1": value("words"), "time2": value("2026年11月24日 16:00")}
	change := func(key string, to any) map[string]any {
		m := map[string]any{"touser": simulator.OpenID("wx1", "anna"), "template_id": "once", "page": "p/p?a=b", "data": data}
		m[key] = to
		return m
	}
	for name, c := range map[string]struct {
		in   map[string]any
		want int
	}{
		"another app's user": {change("touser", simulator.OpenID("wx2", "anna")), 40003},
		"nobody":             {change("touser", ""), 40003},
		"no template":        {change("template_id", "never"), 40037},
		"a string of JSON":   {change("data", `{"thing1":{"value":"words"}}`), 47003},
		"plain values":       {change("data", map[string]any{"thing1": "words", "time2": "16:00"}), 47003},
		"a key less":         {change("data", map[string]any{"thing1": value("words")}), 47003},
		"a key more":         {change("data", map[string]any{"thing1": value("words"), "time2": value("16:00"), "thing3": value("x")}), 47003},
		"no page":            {change("page", "never"), 41030},
		"who did not accept": {change("touser", simulator.OpenID("wx1", "bo")), 43101},
	} {
		if got := post(t, s, atMessage, c.in); got.number() != c.want {
			t.Errorf("%s: %v, want %d", name, got, c.want)
		}
	}
	if got := post(t, s, atMessage, change("page", "p/p?a=b")); got.number() != 0 {
		t.Errorf("the refusals cost something: %v", got)
	}
	want := []simulator.Message{{User: "anna", Template: "once", Page: "p/p?a=b", Data: map[string]string{"thing1": "words", "time2": "2026年11月24日 16:00"}}}
	if diff := cmp.Diff(want, s.Messages("wx1")); diff != "" {
		t.Error(diff)
	}
}

// TestValues has the kinds of values, each with what fits and what does not.
func TestValues(t *testing.T) {
	t.Parallel()
	s, _ := play()
	for kind, c := range map[string]struct{ good, bad []string }{
		"thing":            {[]string{"一", "二十个字二十个字二十个字二十个字二十个字", "a <&> b"}, []string{"", "二十一个字二十个字二十个字二十个字二十个字多", "two\nlines"}},
		"number":           {[]string{"0", "12.5"}, []string{"", "1e3", "一", "1."}},
		"letter":           {[]string{"AbC"}, []string{"", "a1", "字"}},
		"symbol":           {[]string{"+-*"}, []string{"", "a", "字", "++++++"}},
		"character_string": {[]string{"A-1/2"}, []string{"", "a b", "字"}},
		"time":             {[]string{"16:00", "2026年11月24日 16:00:05", "2026-11-24 9:30", "16:00~17:00"}, []string{"", "2026年11月24日", "25", "soon"}},
		"date":             {[]string{"2026年11月24日", "2026.11.24", "2026/11/24 16:00", "2026-11-24~2026-11-25"}, []string{"", "16:00", "2026年"}},
		"amount":           {[]string{"¥12.50", "12元", "7"}, []string{"", "ab12", "12元整"}},
		"phone_number":     {[]string{"+86-138***00"}, []string{"", "abc", "138001380001380013"}},
		"car_number":       {[]string{"粤A8Z888挂", "A8Z888"}, []string{"", "粤A 888"}},
		"name":             {[]string{"张三", "阿·凡", "Anna-Maria B."}, []string{"", "张3", "十一个汉字的名字太长了吧"}},
		"phrase":           {[]string{"绿码", "五个字正好"}, []string{"", "六个字太长了", "ok"}},
		"unheard_of":       {nil, []string{"", "x"}},
	} {
		key := kind + "1"
		s.AddTemplate("wx1", key, true, key)
		s.Subscribe("wx1", "anna", key)
		for _, v := range slices.Concat(c.good, c.bad) {
			got := post(t, s, atMessage, map[string]any{"touser": simulator.OpenID("wx1", "anna"), "template_id": key,
				"data": map[string]any{key: map[string]any{"value": v}}}).number()
			if want := slices.Contains(c.bad, v); (got == 47003) != want || (got == 0) == want {
				t.Errorf("%s %q: %d", kind, v, got)
			}
		}
	}
}
