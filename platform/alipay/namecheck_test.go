package alipay_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/alipay/simulator"
)

const (
	fullName = "张三"
	number   = "11010519491231002X"
)

// nameCheck is a check of 张三's; each has an order of its own.
func nameCheck(t testing.TB, order int) platform.NameCheck {
	t.Helper()
	name, err := models.ParseName(fullName)
	if err != nil {
		t.Fatal(err)
	}
	document, err := models.ParseDocument(models.DocumentResidentID, number, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	keep(fullName, number, "%E5%BC%A0%E4%B8%89")
	return platform.NameCheck{Order: fmt.Sprintf("01J%023d", order), Name: name, Document: document, OpenID: simulator.OpenID(appID, "anna")}
}

// open is the phone opening the page of the check.
func (s *stage) open(t testing.TB, address string) int {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.route.RoundTrip(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") || answer.StatusCode != http.StatusOK {
		t.Errorf("the page: %d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	return answer.StatusCode
}

func TestNameCheck(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		s := play(t, m)
		for order, c := range []struct {
			name, number string
			want         bool
		}{{fullName, number, true}, {"李四", number, false}, {fullName, "110105194912310011", false}} {
			check := nameCheck(t, order)
			started, err := s.app.StartNameCheck(t.Context(), check)
			if err != nil {
				t.Fatalf("%v: %v", m, err)
			}
			if leak(started.URL+started.Vendor) != "" || !strings.HasPrefix(started.URL, "https://openapi.alipay.com/gateway.do?") {
				t.Errorf("%v: the page is at %s", m, started.URL)
			}
			check.Vendor = started.Vendor
			if passed, err := s.app.NameVerified(t.Context(), check); passed || err != nil {
				t.Errorf("%v: before the camera: %v, %v", m, passed, err)
			}
			s.open(t, started.URL)
			if !s.Face(check.Vendor, c.name, c.number) {
				t.Fatalf("%v: no check, or no page", m)
			}
			for range 2 {
				if passed, err := s.app.NameVerified(t.Context(), check); passed != c.want || err != nil {
					t.Errorf("%v: %s: %v, %v", m, c.name, passed, err)
				}
			}
		}
	}
}

func TestNameCheckRefuses(t *testing.T) {
	t.Parallel()
	s := play(t, mode{})
	asked := s.questions(func() {
		passport := nameCheck(t, 1)
		passport.Document.Type = models.DocumentPassport
		if _, err := s.app.StartNameCheck(t.Context(), passport); reason(t, err) != models.ReasonNameCheckKind {
			t.Errorf("a passport: %v", err)
		}
		for _, order := range []string{"", "with space", strings.Repeat("1", 33), "dash-ed"} {
			c := nameCheck(t, 1)
			c.Order = order
			if _, err := s.app.StartNameCheck(t.Context(), c); reason(t, err) != models.ReasonFieldBad {
				t.Errorf("order %q: %v", order, err)
			}
		}
		for _, vendor := range []string{"", "short", `x","y":"z`, strings.Repeat("1", 65)} {
			if passed, err := s.app.NameVerified(t.Context(), platform.NameCheck{Vendor: vendor}); passed || reason(t, err) != models.ReasonNameCheckUnknown {
				t.Errorf("vendor %q: %v, %v", vendor, passed, err)
			}
		}
	})
	if asked != 0 {
		t.Errorf("asked %d times", asked)
	}
	if _, err := s.app.NameVerified(t.Context(), platform.NameCheck{Vendor: strings.Repeat("0", 32)}); reason(t, err) != models.ReasonNameCheckUnknown {
		t.Errorf("never begun: %v", err)
	}
	c := nameCheck(t, 1)
	if _, err := s.app.StartNameCheck(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	before := s.Effects(appID)
	if _, err := s.app.StartNameCheck(t.Context(), c); reason(t, err) != models.ReasonUpstreamRefused || s.Effects(appID) != before {
		t.Errorf("the same order again: %v", err)
	}
	for _, passed := range []string{`"t"`, `"TRUE"`, `true`, `["T"]`, `null`} {
		s.Fail(appID, simulator.Says(`{"code":"10000","passed":`+passed+`}`))
		if ok, err := s.app.NameVerified(t.Context(), platform.NameCheck{Vendor: strings.Repeat("0", 32)}); ok || reason(t, err) != models.ReasonUpstreamLying {
			t.Errorf("passed %s: %v, %v", passed, ok, err)
		}
	}
}
