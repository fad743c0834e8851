package handlers_test

import (
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/handlers"
	"healthcode/models"
	"healthcode/models/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew; read the difference before it is committed")

// golden holds a text against a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// knock is a street where everybody is at home, with their sessions and with the
// things that routes name by id.
type knock struct {
	*street
	tokens map[string]string            // by who it is
	things map[string]map[string]string // by path: what the id is of, and the id
	saved  []byte                       // the database as it was when everybody had come
	tables map[string][]string          // what was in it
	basic  []string                     // the headers by which the registry asks for a token
	entry  string                       // by hand, at the station
	watch  *sql.DB
}

// TestAccess asks for everything as everybody, own and other, and holds the
// outcomes against a golden table. What is refused has changed no table.
func TestAccess(t *testing.T) {
	t.Parallel()
	k := newKnock(t)
	var table strings.Builder
	for _, r := range handlers.Routes() {
		for _, thing := range slices.Sorted(maps.Keys(k.of(r.Path))) {
			fmt.Fprintf(&table, "%s %s%s, for %s\n", r.Method, r.Path, label(thing), r.Actor)
			k.serve(t)
			outcomes := map[string][]string{}
			for _, who := range slices.Sorted(maps.Keys(k.tokens)) {
				outcome := k.knock(t, who, r, k.of(r.Path)[thing])
				outcomes[outcome] = append(outcomes[outcome], who)
			}
			for _, outcome := range slices.Sorted(maps.Keys(outcomes)) {
				who := strings.Join(outcomes[outcome], ", ")
				if len(outcomes) == 1 {
					who = "everybody"
				}
				fmt.Fprintf(&table, "    %s: %s\n", outcome, who)
			}
		}
	}
	golden(t, "access.golden", table.String())
}

func label(thing string) string {
	if thing == "" {
		return ""
	}
	return " (" + thing + ")"
}

// newKnock has everybody come.
func newKnock(t *testing.T) *knock {
	k := &knock{street: settledOn(t, schema.New(t, storetest.SQLite))} // which is a file that can be put back
	colleague := models.Staff{Role: models.RoleWorker, Jurisdiction: "330110"}
	k.hire(t, "colleague", colleague, 998)
	k.hire(t, "relative", colleague, 1) // who is the resident
	colleague.Communities = []string{must[string](t)(k.store.AddCommunity(t.Context(), operator,
		models.Community{Jurisdiction: "330110", Name: words("瓶窑社区", "Pingyao"), Phone: "0571-88880002"}))}
	k.hire(t, "outsider", colleague, 997)
	k.hire(t, "elsewhere", models.Staff{Role: models.RoleAdministrator, Jurisdiction: "420100"}, 0)
	k.officers(t)
	k.leverStaff(t)
	k.hire(t, "far-officer", models.Staff{Role: models.RoleOfficer, Jurisdiction: "420100"}, 0)

	k.tokens = map[string]string{"nobody": "", "forger": strings.Repeat("A", 43), "account": k.login("wechat", "nobody-yet"),
		"resident": k.resident("wechat", 1, "张三"), "other resident": k.resident("alipay", 2, "李四")}
	k.tokens["closed"] = k.resident("wechat", 3, "王五")
	k.ask(k.tokens["closed"], "POST", "/v1/me/close", map[string]string{"confirm": "close"}).into(t, nil)
	k.tokens["signed out"] = k.login("wechat", "nobody-yet")
	k.ask(k.tokens["signed out"], "DELETE", "/v1/session", nil).into(t, nil)
	for who, username := range map[string]string{"guard": "guard", "worker": "worker", "colleague": "colleague", "relative": "relative",
		"outsider": "outsider", "administrator": "admin", "administrator elsewhere": "elsewhere",
		"officer": "officer", "officer elsewhere": "far-officer", "lead": "lead", "lead elsewhere": "far-lead",
		"epidemiologist": "epi", "epidemiologist elsewhere": "far-epi", "auditor": "auditor"} {
		k.tokens[who] = k.staff(username)
	}
	k.tokens["plugin"] = k.pluginLogin("nobody yet")
	k.tokens["linked plugin"] = k.pluginLogin("张三 elsewhere")
	k.link(k.tokens["linked plugin"], k.tokens["resident"]).into(t, nil)
	k.tokens["gate"] = k.gate()
	k.tokens["client"], k.basic = k.client()
	k.findThings(t)
	k.findAppeals(t)
	k.findArrivals()
	k.findPrints()
	k.save(t)
	return k
}

// findThings makes what has an id: sessions, reviews, posters.
func (k *knock) findThings(t *testing.T) {
	t.Helper()
	k.declare(k.tokens["resident"], ill).into(t, nil)
	about := k.reviews(k.tokens["worker"])[0]
	k.tokens["unverified"] = k.register("alipay", 4, "赵六")
	var check struct{ ID string }
	k.ask(k.tokens["unverified"], "POST", "/v1/name-checks", nil).into(t, &check)
	k.clock.Advance(1e9)
	k.register("alipay", 5, "孙七")
	waiting := slices.DeleteFunc(k.reviews(k.tokens["worker"]), func(id string) bool { return id == about })
	k.ask(k.tokens["worker"], "POST", "/v1/reviews/"+waiting[0]+"/claim", nil).into(t, nil)
	reviews := map[string]string{"claimed by the worker": waiting[0], "waiting": waiting[1], "waiting, about the resident": about,
		"unknown": strings.Repeat("0", 26)}
	far := must[models.Venue](t)(k.store.AddVenue(t.Context(), operator, models.Venue{Jurisdiction: "420100",
		CommunityID: must[string](t)(k.store.AddCommunity(t.Context(), operator, models.Community{Jurisdiction: "420100", Name: words("江汉社区", "Jianghan"), Phone: "027-1"})),
		Name:        words("江汉路站", "Jianghan Road Station")}))
	drafts, publications := k.findDrafts(t)
	proposals := k.findProposals()
	k.things = map[string]map[string]string{
		"/v1/sessions/:id":           {"the resident's second phone": k.session(t, "张三1"), "unknown": strings.Repeat("0", 26)},
		"/v1/name-checks/:id/result": {"the unverified resident's": check.ID, "unknown": strings.Repeat("0", 26)},
		"/v1/notices/:id/read":       {"the resident's": k.told(k.tokens["resident"]).Notices[0].ID, "unknown": strings.Repeat("0", 26)},
		"/v1/reviews/:id/claim":      reviews,
		"/v1/reviews/:id/judgement":  reviews,
		"/console/reviews/:id":       reviews,
		"/v1/consents/:purpose":      {"visits": "visits", "the code": "code", "unknown": "advertising"},
		"/v1/forms/:form":            {"health": "health", "unknown": "wealth"},
		"/declare/:form":             {"health": "health", "unknown": "wealth"},
		"/enter/:channel":            {"not configured": "app"},
		"/enter/:channel/back":       {"not configured": "app"},
		"/posters/:venue":            {"here": k.venue.ID, "elsewhere": far.ID, "unknown": "v0"},

		"/v1/rules/:jurisdiction":             {"here": "330110", "unknown": "000001"},
		"/v1/rules/:jurisdiction/files/:hash": {"an unknown file": "330110"},
		"/rules/:jurisdiction":                {"here": "330110", "everywhere": models.Root, "unknown": "000001"},
		"/v1/drafts/:id":                      drafts,
		"/v1/drafts/:id/trial":                drafts,
		"/v1/drafts/:id/publication":          drafts,
		"/console/drafts/:id":                 drafts,
		"/console/drafts/:id/samples":         drafts,
		"/v1/publications/:id/draft":          publications,
		"/v1/proposals/:id/agreement":         proposals,
		"/v1/proposals/:id/refusal":           proposals,
		"/v1/orders/:id":                      proposals,
		"/v1/listings/:id":                    proposals,
		"/console/proposals/:id":              proposals,
		"/v1/figures/:jurisdiction":           {"here": "330110", "elsewhere": "420100", "above": "330100", "unknown": "000001"},
	}
}

// session is the id of a further session of that user of WeChat.
func (k *knock) session(t *testing.T, user string) string {
	t.Helper()
	token := k.login("wechat", user)
	var held struct {
		Sessions []struct {
			ID      string
			Current bool
		}
	}
	k.ask(token, "GET", "/v1/me", nil).into(t, &held)
	i := slices.IndexFunc(held.Sessions, func(s struct {
		ID      string
		Current bool
	}) bool {
		return s.Current
	})
	return held.Sessions[i].ID
}

func (k *knock) of(path string) map[string]string {
	if things := k.things[path]; things != nil {
		return things
	}
	return map[string]string{"": ""}
}

// save keeps the database's file as it is now.
func (k *knock) save(t *testing.T) {
	t.Helper()
	k.tables = k.dump(t)
	if err := k.store.Close(); err != nil { // which writes the log into the file
		t.Fatal(err)
	}
	k.saved = must[[]byte](t)(os.ReadFile(k.file()))
	k.open(t)
	k.look(t)
}

func (k *knock) file() string { return strings.TrimPrefix(k.db.DSN, "sqlite:") }

// restore puts the database back.
func (k *knock) restore(t *testing.T) {
	t.Helper()
	if err := k.watch.Close(); err != nil {
		t.Fatal(err)
	}
	if err := k.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tail := range []string{"-wal", "-shm"} {
		if err := os.RemoveAll(k.file() + tail); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(k.file(), k.saved, 0o600); err != nil {
		t.Fatal(err)
	}
	k.open(t)
	k.look(t)
}

// look keeps a connection that tells whether anybody else has written.
func (k *knock) look(t *testing.T) {
	t.Helper()
	k.watch = must[*sql.DB](t)(sql.Open("sqlite", k.file()))
	k.watch.SetMaxOpenConns(1)
	t.Cleanup(func() { k.watch.Close() })
}

// version differs from an earlier one if anything at all was committed in
// between (SQLite, PRAGMA data_version).
func (k *knock) version(t *testing.T) (v int) {
	t.Helper()
	if err := k.watch.QueryRowContext(t.Context(), "PRAGMA data_version").Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// dump reads every table, and lets go of the database's file.
func (k *knock) dump(t *testing.T) (tables map[string][]string) {
	t.Helper()
	t.Run("dump", func(t *testing.T) { tables = storetest.Dump(t, k.db) })
	return tables
}

// own reports whether somebody tried to do alone what takes two.
func own(a answer) bool {
	return slices.Contains([]models.Reason{models.ReasonProposalOwn, models.ReasonDraftOwn}, a.problem().Reason)
}

// knock asks for a route as somebody, says what came of it, and puts everything
// back. A refusal must have changed nothing.
func (k *knock) knock(t *testing.T, who string, r handlers.Route, id string) string {
	t.Helper()
	path := r.Path
	for _, part := range strings.Fields(id) { // a path may name two things
		i := strings.IndexByte(path, ':')
		_, rest, _ := strings.Cut(path[i:], "/")
		path = path[:i] + url.PathEscape(part) + strings.TrimSuffix("/"+rest, "/")
	}
	in, header := k.body(t, r)
	before := k.version(t)
	a := k.ask(k.tokens[who], r.Method, path, in, header...)
	if k.version(t) == before {
		return a.String()
	}
	if a.Status >= 300 {
		changed := storetest.Changed(k.tables, k.dump(t))
		k.restore(t)
		if own(a) && slices.Equal(changed, []string{"alarms"}) {
			return a.String() // the auditors are told
		}
		t.Errorf("%s %s as %s is refused with %s, and changed %v", r.Method, path, who, a, changed)
		return a.String()
	}
	k.restore(t)
	return a.String()
}
