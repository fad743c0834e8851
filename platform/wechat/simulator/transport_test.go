package simulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"healthcode/platform/wechat/simulator"
)

// over logs anna in over the line and returns the answer, as far as it came.
func over(t *testing.T, s *simulator.Simulator, l *simulator.Line, within time.Duration) (int, string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	address := "https://" + simulator.Host + "/sns/jscode2session?appid=wx1&secret=s1&grant_type=authorization_code&js_code=" + s.Login("wx1", "anna")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := l.RoundTrip(r)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

// TestFailures looks at each failure from the other end of the line. Time is
// played.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		failure simulator.Failure
		status  int
		body    string // a part of it
		err     error
		used    bool // there is a session, whoever knows of it
	}{
		"none":       {nil, 200, `"openid":"o`, nil, true},
		"hang":       {simulator.Hang, 0, "", context.DeadlineExceeded, false},
		"drip":       {simulator.Drip, 200, `{"openid":"ooo`, context.DeadlineExceeded, false},
		"502":        {simulator.BadGateway, 502, "<h1>502 Bad Gateway</h1>", nil, false},
		"portal":     {simulator.Portal, 200, "<!doctype html>", nil, false},
		"garbage":    {simulator.Garbage, 200, "\x00", nil, false},
		"{}":         {simulator.EmptyObject, 200, "{}", nil, false},
		"null":       {simulator.Null, 200, "null", nil, false},
		"empty":      {simulator.Empty, 200, "", nil, false},
		"huge":       {simulator.Huge, 200, strings.Repeat("o", 8<<20), nil, false},
		"bomb":       {simulator.Bomb, 200, strings.Repeat("o", 8<<20), nil, false},
		"busy":       {simulator.Busy, 200, `"errcode":-1`, nil, false},
		"any number": {simulator.Refuse(40164), 200, `"errcode":40164`, nil, false},
		"away":       {simulator.Away, 302, "elsewhere.example", nil, false},
		"hang up":    {simulator.HangUp, 0, "", io.EOF, false},
		"lost":       {simulator.Lost, 0, "", io.EOF, true},
		"cut":        {simulator.Cut, 200, `{"openid":"o`, io.ErrUnexpectedEOF, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, _ := play()
				l := s.Transport()
				defer l.Close()
				if test.failure != nil {
					s.Fail("wx1", test.failure)
				}
				status, body, err := over(t, s, l, 10*time.Second)
				if status != test.status || !strings.Contains(body, test.body) || !errors.Is(err, test.err) {
					t.Errorf("got %d %.40q %v", status, body, err)
				}
				if used := s.SessionKey("wx1", "anna") != ""; used != test.used {
					t.Errorf("a session: %v", used)
				}
				if _, body, err := over(t, s, l, time.Second); err != nil || !strings.Contains(body, `"openid":"o`) {
					t.Errorf("afterwards: %.40q %v", body, err)
				}
			})
		})
	}
}

func TestBreakUntilMend(t *testing.T) {
	t.Parallel()
	s, _ := play()
	try := func(app, secret string) int { return login(t, s, app, secret, s.Login(app, "anna")).ErrCode }
	s.Break("wx1", simulator.Busy)
	s.Fail("wx1", slices.Repeat([]simulator.Failure{simulator.Refuse(45009)}, 2)...)
	for i, want := range []int{45009, 45009, -1, -1, -1} { // what is told by number goes first
		if got := try("wx1", "s1"); got != want {
			t.Errorf("call %d: got %d, want %d", i, got, want)
		}
	}
	if got := try("wx2", "s2"); got != 0 {
		t.Errorf("another app fails with %d", got)
	}
	s.Fail("wx1", simulator.Busy)
	s.Mend("wx1")
	if got := try("wx1", "s1"); got != 0 {
		t.Errorf("mended, and still %d", got)
	}
}

func TestLineLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	s, _ := play()
	l := s.Transport()
	defer l.Close()
	for _, address := range []string{"https://example.com/", "http://" + simulator.Host + "/", "https://" + simulator.Host + ":444/", "https://127.0.0.1/"} {
		r := httptest.NewRequest(http.MethodGet, address, nil)
		if response, err := l.RoundTrip(r); err == nil {
			_ = response.Body.Close()
			t.Errorf("%s answered %d", address, response.StatusCode)
		}
	}
}

func TestLineCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // which also sees that nothing goes on
		s, _ := play()
		l := s.Transport()
		s.Fail("wx1", simulator.Hang)
		cut := make(chan error, 1)
		go func() {
			_, _, err := over(t, s, l, time.Hour)
			cut <- err
		}()
		synctest.Wait()
		for range 2 {
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := <-cut; err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("whoever was talking: %v", err)
		}
		if _, _, err := over(t, s, l, time.Hour); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("whoever calls: %v", err)
		}
	})
}

func TestUnknownAppIsTheCallersMistake(t *testing.T) {
	t.Parallel()
	s, _ := play()
	defer func() {
		if recover() == nil {
			t.Error("an app that was not added has codes")
		}
	}()
	s.Login("wx9", "anna")
}
