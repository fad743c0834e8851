package simulator_test

import (
	"bytes"
	"image/jpeg"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/platform/wechat/simulator"
)

func TestMiniCodes(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.AddPages("wx1", "pages/a")
	pictures := map[string]bool{}
	for _, c := range []struct {
		in   map[string]any
		want int
	}{
		{map[string]any{"scene": "a=1", "page": "pages/a"}, 0},
		{map[string]any{"scene": "a=2"}, 0}, // the main page
		{map[string]any{"scene": "!#$&'()*+,/:;=?@-._~", "page": "pages/a"}, 0},
		{map[string]any{"scene": strings.Repeat("s", 32), "page": "pages/never", "check_path": false}, 0},
		{map[string]any{"scene": "a", "page": "pages/never"}, 41030},
		{map[string]any{"scene": "a", "page": "pages/never", "check_path": true}, 41030},
		{map[string]any{"scene": "a", "page": "/pages/a"}, 41030},
		{map[string]any{"scene": "a", "page": "pages/a?b=c"}, 41030},
		{map[string]any{"scene": "", "page": "pages/a"}, 40169},
		{map[string]any{"scene": strings.Repeat("s", 33), "page": "pages/a"}, 40169},
		{map[string]any{"scene": "a%20b", "page": "pages/a"}, 40129},
		{map[string]any{"scene": "a b", "page": "pages/a"}, 40129},
		{map[string]any{"scene": "字", "page": "pages/a"}, 40129},
		{map[string]any{"scene": 7}, 47001},
	} {
		got := post(t, s, atMiniCode, c.in)
		if got.number() != c.want || (got.text("picture") != "") != (c.want == 0) {
			t.Errorf("%v: %.80v, want %d", c.in, got, c.want)
		}
		if c.want == 0 {
			pictures[got.text("picture")] = true
			if _, err := jpeg.Decode(bytes.NewReader([]byte(got.text("picture")))); err != nil {
				t.Errorf("%v: %v", c.in, err)
			}
		}
	}
	want := []simulator.MiniCode{{Scene: "a=1", Page: "pages/a"}, {Scene: "a=2"}, {Scene: "!#$&'()*+,/:;=?@-._~", Page: "pages/a"},
		{Scene: strings.Repeat("s", 32), Page: "pages/never"}}
	if diff := cmp.Diff(want, s.MiniCodes("wx1")); diff != "" {
		t.Error(diff)
	}
	if len(pictures) != 4 {
		t.Errorf("%d different pictures", len(pictures))
	}
	if len(s.MiniCodes("wx2")) != 0 {
		t.Error("another app's codes")
	}
}
