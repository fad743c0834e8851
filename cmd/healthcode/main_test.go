package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// machine is a folder with a database and a key ring, and the settings for them.
type machine struct {
	t      *testing.T
	folder string
	env    map[string]string

	outside http.RoundTripper // the played platforms; nil where no test asks them
}

// said is what a command printed; both writers of a running service may be read.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	folder := t.TempDir()
	m := &machine{t: t, folder: folder, env: map[string]string{"HEALTHCODE_DATABASE": "sqlite:" + filepath.Join(folder, "h.db"),
		"HEALTHCODE_ORIGIN": "https://code.example.cn", "HEALTHCODE_LISTEN": "127.0.0.1:0", "HEALTHCODE_METRICS_LISTEN": "localhost:0",
		"WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": "secret-of-wechat"}}
	return m
}

// ready is a machine that has a key ring and a schema.
func ready(t *testing.T) *machine {
	t.Helper()
	m := unmigrated(t)
	m.must("migrate")
	return m
}

// unmigrated is a machine that has a key ring and no schema yet.
func unmigrated(t *testing.T) *machine {
	t.Helper()
	m := newMachine(t)
	out, _ := m.must("keys", "create", filepath.Join(m.folder, "ring"))
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		m.env[name] = value
	}
	return m
}

func (m *machine) lookup(name string) (string, bool) { v, ok := m.env[name]; return v, ok }

func (m *machine) run(ctx context.Context, in string, args ...string) (code int, out, errs string) {
	m.t.Helper()
	var o, e said
	code = run(surroundings{ctx, m.lookup, strings.NewReader(in), &o, &e, m.outside}, args)
	return code, o.String(), e.String()
}

func (m *machine) must(args ...string) (out, errs string) {
	m.t.Helper()
	code, out, errs := m.run(m.t.Context(), "", args...)
	if code != 0 {
		m.t.Fatalf("%v: %d\n%s%s", args, code, out, errs)
	}
	return out, errs
}

// fails runs a command that must end with that code and say that.
func (m *machine) fails(code int, says string, args ...string) {
	m.t.Helper()
	got, out, errs := m.run(m.t.Context(), "", args...)
	if got != code || !strings.Contains(errs, says) || out != "" && code != 1 {
		m.t.Errorf("%v: %d, want %d and %q\n%s%s", args, got, code, says, out, errs)
	}
}

// addPlaces adds a district with a community and a venue, as an operator does.
func (m *machine) addPlaces() (out string) {
	m.t.Helper()
	path := filepath.Join(m.folder, "places.yaml")
	const file = `jurisdictions:
  - code: "330110"
    name: {zh: 余杭区, en: Yuhang}
    communities:
      - name: {zh: 社区, en: Community}
        phone: 0571-88880001
        venues: [{zh: 市场, en: Market}, {zh: 车站, en: Station, kind: station}]
`
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		m.t.Fatal(err)
	}
	out, _ = m.must("places", path)
	return out
}

func TestHelp(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	out, _ := m.must("--help")
	for _, word := range []string{"serve", "migrate", "grants", "sweep", "import", "staff invite", "client add", "keys create", "config"} {
		if !strings.Contains(out, word) {
			t.Errorf("help lacks %s:\n%s", word, out)
		}
	}
	m.must("import", "--help")
	m.fails(2, "unexpected argument", "bogus")
	m.fails(2, "expected", "keys")
	m.fails(2, "", []string{}...)
	m.fails(2, "", "import", "cars", "x.csv")
	m.fails(2, "--", "serve", "--simulator=http://127.0.0.1:1")
}

func TestConfigIsPrinted(t *testing.T) {
	t.Parallel()
	out, _ := newMachine(t).must("config")
	if !strings.Contains(out, "HEALTHCODE_ORIGIN") {
		t.Errorf("got %s", out)
	}
}

func TestNothingOpensWithoutItsSettings(t *testing.T) {
	t.Parallel()
	m := &machine{t: t, folder: t.TempDir(), env: map[string]string{}}
	for _, args := range [][]string{{"serve"}, {"sweep"}, {"import", "vaccinations", "x.csv"}, {"client", "add", "Lab", "--jurisdiction", "330110"}} {
		m.fails(1, "HEALTHCODE_KEY_RING_KEY", args...)
	}
	m.fails(1, "HEALTHCODE_DATABASE", "migrate")
	m.fails(1, "HEALTHCODE_KEY_RING", "keys", "list")
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	m := ready(t)
	if out, _ := m.must("migrate"); out != "nothing to migrate\n" {
		t.Errorf("got %s", out)
	}
	fresh := ready(t)
	fresh.env["HEALTHCODE_DATABASE"] = "sqlite:" + filepath.Join(fresh.folder, "other.db")
	fresh.fails(1, "migrate", "serve") // serve never migrates
	file := filepath.Join(fresh.folder, "dsn")
	if err := os.WriteFile(file, []byte(fresh.env["HEALTHCODE_DATABASE"]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	delete(fresh.env, "HEALTHCODE_DATABASE")
	fresh.env["HEALTHCODE_DATABASE_FILE"] = file
	if out, _ := fresh.must("migrate"); !strings.Contains(out, "migrated") {
		t.Errorf("from a file: %s", out)
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	out, _ := newMachine(t).must("grants", "healthcode", "'h'@'%'")
	if !strings.Contains(out, "GRANT") || strings.Contains(out, "ALL PRIVILEGES") {
		t.Errorf("got %s", out)
	}
	sweep, _ := newMachine(t).must("grants", "--sweep", "healthcode", "'s'@'%'")
	if sweep == out || !strings.Contains(sweep, "DELETE") {
		t.Errorf("got %s", sweep)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	m := ready(t)
	m.fails(1, "already", "keys", "create", filepath.Join(m.folder, "ring"))
	before, _ := m.must("keys", "list")
	out, _ := m.must("keys", "add", "seal")
	id := strings.TrimSuffix(strings.Fields(out)[1], ";")
	m.fails(1, "--yes", "keys", "retire", "seal", id)
	m.must("keys", "promote", "seal", id)
	m.fails(1, "", "keys", "retire", "--yes", "seal", id)
	after, _ := m.must("keys", "list")
	if strings.Count(before, "reads and writes") != 5 || strings.Count(after, "reads and writes") != 5 || strings.Count(after, "\n") != 6 {
		t.Errorf("before:\n%safter:\n%s", before, after)
	}
	m.fails(2, "", "keys", "add", "tea")
}

func TestClientAndInvitation(t *testing.T) {
	t.Parallel()
	m := ready(t)
	m.fails(1, "place.unknown", "client", "add", "Laboratory 1", "--jurisdiction", "330110")
	m.fails(1, "place.unknown", "staff", "invite", "--role", "administrator", "--display", "Admin", "--jurisdiction", "999999")
	if out := m.addPlaces(); !regexp.MustCompile(`^jurisdiction 330110  Yuhang\ncommunity \S{26}  Community\nvenue \S{26}  Market, door\nvenue \S{26}  Station, station\n$`).MatchString(out) {
		t.Errorf("got %q", out)
	}
	out, _ := m.must("client", "add", "Laboratory 1", "--jurisdiction", "330110")
	if !regexp.MustCompile(`^id     \S{10,}\nsecret \S{20,}\n$`).MatchString(out) {
		t.Errorf("got %q", out)
	}
	out, _ = m.must("staff", "invite", "--role", "administrator", "--display", "Admin", "--jurisdiction", "330110")
	if !regexp.MustCompile(`^https://code\.example\.cn/staff/join#\S{20,}\n$`).MatchString(out) {
		t.Errorf("got %q", out)
	}
	m.fails(1, "the file cannot be read", "places", filepath.Join(m.folder, "nowhere"))
	m.fails(2, "", "staff", "invite", "--role", "emperor", "--display", "x", "--jurisdiction", "330100")
}

// TestInit: a district stands up from an empty folder, and a second time adds what is
// not there.
func TestInit(t *testing.T) {
	t.Parallel()
	m := unmigrated(t)
	out, _ := m.must("init", "--division", "330110")
	for _, want := range []string{"migrated 0001_places.sql", "jurisdiction 000000  全国", "jurisdiction 330000  浙江省", "jurisdiction 330100  杭州市",
		"jurisdiction 330110  余杭区", "community ", "venue ", "administrator https://code.example.cn/staff/join#"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if out, _ := m.must("init", "--division", "330106"); strings.Contains(out, "330100") || !strings.Contains(out, "jurisdiction 330106  西湖区") {
		t.Errorf("a second district:\n%s", out)
	}
	m.fails(1, "no division has the code", "init", "--division", "999999")
}

const records = "document_type,document_number,name,product,batch,dose,date,site\n" +
	"resident_id,11010519491231002X,张三,sinovac,B1,1,2021-04-30,Clinic\n" +
	"passport,E12345678,Anna Example,cansino,B2,1,2021-05-30,Clinic\n"

func TestImport(t *testing.T) {
	t.Parallel()
	m := ready(t)
	file := filepath.Join(m.folder, "good.csv")
	if err := os.WriteFile(file, []byte(records), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _ := m.must("import", "vaccinations", file); out != "2 records taken in, 0 were there already, 0 lines were bad\n" {
		t.Errorf("got %s", out)
	}
	if out, _ := m.must("import", "vaccinations", file); out != "0 records taken in, 2 were there already, 0 lines were bad\n" {
		t.Errorf("twice: %s", out)
	}
	m.fails(1, "cannot be read", "import", "vaccinations", file+"x")
	m.fails(1, "csv.header", "import", "tests", "--jurisdiction", "330110", file)
	m.fails(1, "--jurisdiction is missing", "import", "tests", file)
}

// TestImportHoldsPositiveResults: the operator alone turns nobody red.
func TestImportHoldsPositiveResults(t *testing.T) {
	t.Parallel()
	m := ready(t)
	m.addPlaces()
	const head = "document_type,document_number,name,kind,result,sampled,lab\n"
	file := filepath.Join(m.folder, "tests.csv")
	body := head + "resident_id,11010519491231002X,张三,pcr,positive,2022-03-01T08:00:00Z,Lab\npassport,E12345678,Anna Example,pcr,negative,2022-03-01T08:00:00Z,Lab\n"
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	want := "1 positive results wait until an epidemiologist agrees\n2 records taken in, 0 were there already, 0 lines were bad\n"
	if out, _ := m.must("import", "tests", "--jurisdiction", "330110", file); out != want {
		t.Errorf("got %s", out)
	}
	if out, _ := m.must("import", "tests", "--jurisdiction", "330110", file); out != "0 records taken in, 2 were there already, 0 lines were bad\n" {
		t.Errorf("twice: %s", out)
	}
	m.fails(1, "place.unknown", "import", "tests", "--jurisdiction", "999999", file)
}

func TestImportOfBadLines(t *testing.T) {
	t.Parallel()
	m := ready(t)
	bad := records + "resident_id,110105194912310021,李四,sinovac,B1,1,2021-04-30,Clinic\npassport,E99999999,Li,tea,B1,0,2021-04-30,Clinic\n"
	code, out, errs := m.run(t.Context(), bad, "import", "vaccinations", "-")
	want := "line 4.document: document.check_digit\nline 5.product: record.product\nline 5.dose: record.dose\n"
	if code != 1 || out != "" || !strings.HasPrefix(errs, want) || !strings.Contains(errs, "nothing was taken in") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	for _, personal := range []string{"110105194912310021", "李四", "E99999999", "张三"} {
		if strings.Contains(errs, personal) {
			t.Errorf("%s is printed", personal)
		}
	}
	code, out, errs = m.run(t.Context(), bad, "import", "vaccinations", "--keep-good", "-")
	if code != 0 || !strings.HasPrefix(out, "2 records taken in, 0 were there already") || !strings.Contains(errs, want) {
		t.Errorf("%d\n%s%s", code, out, errs) // and none was there: the first time took nothing in
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	if out, _ := ready(t).must("sweep"); !strings.HasSuffix(out, "0 residents decided anew\n") {
		t.Errorf("got %s", out)
	}
}

// addresses are where a running service says that it serves.
func addresses(t *testing.T, log *said, n int) (list []string) {
	t.Helper()
	for range 1000 {
		list = nil
		for line := range strings.Lines(log.String()) {
			var entry struct{ Msg, Address string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "serving" {
				list = append(list, entry.Address)
			}
		}
		if len(list) == n {
			return list
		}
		time.Sleep(5 * time.Millisecond) // another program is waited for
	}
	t.Fatalf("it does not serve:\n%s", log)
	return nil
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	b, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(b)
}

func TestServe(t *testing.T) {
	t.Parallel()
	m := ready(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out, errs said
	ended := make(chan int, 1)
	begun := time.Now()
	go func() {
		ended <- run(surroundings{ctx, m.lookup, strings.NewReader(""), &out, &errs, m.outside}, []string{"serve"})
	}()
	both := addresses(t, &errs, 2)
	service, metrics := both[0], both[1]
	if code, _ := get(t, "http://"+service+"/healthz"); code != http.StatusOK {
		service, metrics = metrics, service
	}
	t.Logf("first answer after %v", time.Since(begun).Round(time.Millisecond))
	for url, want := range map[string]string{service + "/healthz": "ok", service + "/readyz": "ready", metrics + "/metrics": "go_goroutines"} {
		if code, body := get(t, "http://"+url); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", url, code, body)
		}
	}
	if code, _ := get(t, "http://"+service+"/metrics"); code == http.StatusOK {
		t.Error("residents are shown the metrics")
	}
	if strings.Contains(errs.String(), "secret-of-wechat") || strings.Contains(errs.String(), m.env["HEALTHCODE_KEY_RING_KEY"]) {
		t.Error("a secret is logged")
	}
	stop()
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("it ended with %d:\n%s", code, &errs)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it does not stop")
	}
	if _, err := net.DialTimeout("tcp", service, time.Second); err == nil {
		t.Error("it is still there")
	}
}

func jsonLog(w io.Writer) *slog.Logger { return slog.New(slog.NewJSONHandler(w, nil)) }

func TestServeRefusesATakenPort(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	m := ready(t)
	m.env["HEALTHCODE_LISTEN"] = l.Addr().String()
	m.fails(1, "address already in use", "serve")
}

func TestServeRefusesAnotherRingsKey(t *testing.T) {
	t.Parallel()
	m := ready(t)
	m.env["HEALTHCODE_KEY_RING_KEY"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	m.fails(1, "does not open", "serve")
	m.env["HEALTHCODE_KEY_RING"] = filepath.Join(m.folder, "none")
	m.fails(1, "not there", "serve")
}

// TestBegunRequestsEnd: whoever is being answered when the service is told to
// stop still gets the answer.
func TestBegunRequestsEnd(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	inside, leave := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(inside)
		<-leave
		fmt.Fprint(w, "answered")
	})
	var log said
	ended := make(chan error, 1)
	go func() { ended <- serveAll(ctx, jsonLog(&log), map[string]http.Handler{"127.0.0.1:0": slow}) }()
	address := addresses(t, &log, 1)[0]
	answer := make(chan string, 1)
	go func() { _, body := get(t, "http://"+address+"/"); answer <- body }()
	<-inside
	stop()
	for !strings.Contains(log.String(), "stopping") {
		time.Sleep(time.Millisecond) // another goroutine is waited for
	}
	close(leave)
	if got := <-answer; got != "answered" {
		t.Errorf("got %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
