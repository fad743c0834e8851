package handlers_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"healthcode/models/store/storetest"
	alipaysim "healthcode/platform/alipay/simulator"
	wechatsim "healthcode/platform/wechat/simulator"
)

// canary is a street where one resident's values are known, with everything that
// was said about anything.
type canary struct {
	*street
	mine    map[string]string // the values, by what they are
	keys    map[string]string // what nobody but its holder may ever see
	log     logbook
	out     []*http.Request // what the adapters have sent
	answers []answer
	owners  map[string]bool // the tokens of the resident's own sessions
	desks   map[string]bool // the tokens of workers, whose work it is to look
}

// logbook is a log that several goroutines write.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestCanary plants a resident's values, walks the whole story and breaks what it
// can, and looks for them in every log line, error, URL, foreign page, metric and
// raw row.
func TestCanary(t *testing.T) {
	t.Parallel()
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		c := newCanary(t, db)
		c.story()
		c.finds(t) // or what follows proves nothing
		dump := fmt.Sprint(storetest.Dump(t, db))
		c.absent(t, "a raw row", dump, c.mine, c.keys)
		c.outage()
		c.absent(t, "the log", c.log.String(), c.mine, c.keys)
		c.heardByOthers(t)
		c.addresses(t)
		families := must[string](t)(c.scrape())
		c.absent(t, "a metric", families, c.mine, c.keys)
	})
}

func newCanary(t *testing.T, db storetest.DB) *canary {
	t.Helper()
	c := &canary{street: newStreet(t, db), owners: map[string]bool{}, desks: map[string]bool{}, keys: map[string]string{}}
	c.street.log = slog.New(slog.NewJSONHandler(&c.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c.street.way = func(h http.Handler) http.RoundTripper { return noted{played{h}, c} }
	c.heard = func(a answer) { c.answers = append(c.answers, a) }
	c.mine = map[string]string{"name": "欧阳钟离", "number": documentNumber(321), "phone": "13877665544", "new phone": "13899887766",
		"guardian": "司徒上官", "note": "咳嗽三天了但没有发热", "in WeChat": wechatsim.OpenID(wechatApp, "canary"),
		"in Alipay": alipaysim.OpenID(alipayApp, "canary"), "visitor": "诸葛宇文", "visitor's number": documentNumber(322),
		"visitor's phone": "13811119999", "plate": "浙B5Q7Z1", "contact": "13822223333", "companion": "尉迟长孙", "companion's number": documentNumber(323)}
	c.open(t)
	c.found(t)
	c.clock.Advance(60e9)
	c.keys["the app's secret"], c.keys["a password"] = wechatKey, password
	for name, secret := range c.secrets {
		c.keys["second factor of "+name] = secret
	}
	return c
}

// noted keeps what an adapter sends.
type noted struct {
	http.RoundTripper
	c *canary
}

func (n noted) RoundTrip(r *http.Request) (*http.Response, error) {
	n.c.out = append(n.c.out, r)
	return n.RoundTripper.RoundTrip(r)
}

// leaks are those of the values that stand in a text: as they are, as bytes in
// hexadecimal or base64, or as they are escaped in a URL.
func leaks(text string, values map[string]string) (found []string) {
	for what, v := range values {
		quoted, _ := json.Marshal(v) // a string always can be
		for _, form := range []string{v, hex.EncodeToString([]byte(v)), base64.StdEncoding.EncodeToString([]byte(v)), url.QueryEscape(v),
			strings.Trim(fmt.Sprintf("%+q", v), `"`), strings.Trim(string(quoted), `"`)} {
			if strings.Contains(text, form) {
				found = append(found, what)
				break
			}
		}
	}
	slices.Sort(found)
	return found
}

func (c *canary) absent(t *testing.T, where, text string, values ...map[string]string) {
	t.Helper()
	for _, v := range values {
		if found := leaks(text, v); len(found) > 0 {
			t.Errorf("%s holds the resident's %s", where, strings.Join(found, ", "))
		}
	}
}

// finds proves that each place is one where a leak is seen: the resident's own
// page shows them, and so would a row, a log line or a page.
func (c *canary) finds(t *testing.T) {
	t.Helper()
	own := ""
	for _, a := range c.answers {
		if c.owners[a.by.Token] {
			own += string(a.Body)
		}
	}
	want := []string{"companion", "companion's number", "contact", "name", "new phone", "note", "number", "phone", "plate"}
	if got := leaks(own, c.mine); !slices.Equal(got, want) {
		t.Errorf("the resident sees %v of their own, want %v", got, want)
	}
	log := logbook{}
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	for what, v := range c.mine {
		logger.Error("planted", "error", "Duplicate entry '"+v+"' for key")
		if len(leaks(log.String(), map[string]string{what: v})) == 0 {
			t.Errorf("the resident's %s would not be found in a log", what)
		}
	}
	owner := c.db.Owner(t)
	if _, err := owner.ExecContext(t.Context(), "UPDATE communities SET phone = ?", c.mine["name"]); err != nil {
		t.Fatal(err)
	}
	if got := leaks(fmt.Sprint(storetest.Dump(t, c.db)), c.mine); !slices.Equal(got, []string{"name"}) {
		t.Errorf("in a row with a name in the clear, %v is found", got)
	}
	if _, err := owner.ExecContext(t.Context(), "UPDATE communities SET phone = ?", "0571-88880001"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.log.String(), `"route":"/v1/registration"`) || len(c.out) == 0 {
		t.Error("nothing was logged or sent: there is nowhere to look")
	}
}

// heardByOthers looks through every answer that was not the resident's own, and
// every refusal.
func (c *canary) heardByOthers(t *testing.T) {
	t.Helper()
	looked := 0
	for _, a := range c.answers {
		where := fmt.Sprintf("%s %s (%s)", a.by.Method, a.by.Path, a)
		if a.Status >= 400 {
			c.absent(t, where, string(a.Body), c.mine, c.keys)
			continue
		}
		if c.owners[a.by.Token] || c.desks[a.by.Token] {
			continue
		}
		looked++
		c.absent(t, where, string(a.Body)+fmt.Sprint(a.Header["Location"]), c.mine)
	}
	if looked < 10 {
		t.Errorf("only %d answers went to others", looked)
	}
}

// links are what a page leads to.
var links = regexp.MustCompile(`(?:href|src|action|data-path|data-post|data-done)="([^"]*)"`)

// addresses looks through every URL: those that were asked for, those that pages
// and redirections lead to, and those that the adapters asked. WeChat wants the
// app's secret and the login code in its own (auth.code2Session), and nothing else.
func (c *canary) addresses(t *testing.T) {
	t.Helper()
	for _, a := range c.answers {
		c.absent(t, "an address", a.by.Path+a.Header.Get("Location"), c.mine, c.keys)
		for _, link := range links.FindAllSubmatch(a.Body, -1) {
			if to := string(link[1]); !strings.HasPrefix(to, "tel:") { // which no server is asked for
				c.absent(t, "a link on "+a.by.Path, to, c.mine, c.keys)
			}
		}
	}
	for _, r := range c.out {
		c.absent(t, "an address of "+r.URL.Host, r.URL.String(), c.mine)
		if r.URL.Host != "api.weixin.qq.com" {
			c.absent(t, "an address of "+r.URL.Host, r.URL.String(), c.keys)
		}
	}
}

// scrape is every metric in the words of Prometheus.
func (c *canary) scrape() (string, error) {
	families, err := c.metrics.Gather()
	return fmt.Sprint(families), err
}

// outage takes the database away and asks for everything once more: what fails
// then fails with the words of drivers, which quote what they were given.
func (c *canary) outage() {
	c.t.Helper()
	in := c.registration(321, c.mine["name"])
	in["phone"], in["guardian"] = c.mine["phone"], c.mine["guardian"]
	owner := c.login("wechat", "canary")
	account := c.login("wechat", "late")
	guard := c.gate()
	if err := c.store.Close(); err != nil {
		c.t.Fatal(err)
	}
	c.serve(c.t)
	for _, r := range append(c.tried(owner),
		request{Method: "POST", Path: "/v1/registration", Token: account, In: in},
		request{Method: "POST", Path: "/v1/login", In: map[string]string{"platform": "wechat", "code": c.code("wechat", "canary")}},
		request{Method: "POST", Path: "/v1/entries", Token: guard, In: c.visitor()}) {
		if a := c.do(r); a.Status != http.StatusInternalServerError {
			c.t.Errorf("%s %s without a database: %s", r.Method, r.Path, a)
		}
	}
	if _, err := c.store.Sweep(c.t.Context()); err == nil {
		c.t.Error("swept without a database")
	}
}

func (c *canary) visitor() map[string]any {
	return map[string]any{"id": c.ulid(), "document": map[string]string{"type": "resident_id", "number": c.mine["visitor's number"]},
		"name": c.mine["visitor"], "phone": c.mine["visitor's phone"]}
}
