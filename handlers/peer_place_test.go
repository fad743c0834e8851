package handlers_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"healthcode/handlers"
	"healthcode/models"
	"healthcode/models/store/storetest"
)

// sharing is a file by which a place shares with whoever signs with that key.
func (s *street) sharing(place string, version int, other *street) string {
	return fmt.Sprintf("id: p%s\nversion: %d\nplace: %q\npeer: %q\nmode: share\nname: {zh: 乙, en: B}\npins: [%s]\n%s%s", other.installation.Code, version, place,
		other.installation.Code, other.pin(), reached(other), tables)
}

// TestTrustOfOnePlace: whom one place on an installation trusts can say nothing at the
// gates of another, and learns nothing of its residents.
func TestTrustOfOnePlace(t *testing.T) {
	t.Parallel()
	for _, db := range storetest.Dialects {
		t.Run(db, func(t *testing.T) { trustsAlone(t, db) })
	}
}

func trustsAlone(t *testing.T, db string) {
	_, zhejiang, anhui, driver := pairOn(t, db)
	ctx := t.Context()
	apart := newWires(db)
	impostor := apart.province(t, zhejiang.clock, "340000", anhuiNumbers) // says that it is Anhui
	if err := zhejiang.store.AddJurisdiction(ctx, operator, models.Jurisdiction{Code: "330200", Parent: "330000", Name: words("宁波市", "Ningbo"), TimeZone: "Asia/Shanghai"}); err != nil {
		t.Fatal(err)
	}
	port := must[string](t)(zhejiang.store.AddCommunity(ctx, operator, models.Community{Jurisdiction: "330200", Name: words("港口", "Port"), Phone: "0574-1"}))
	if err := zhejiang.store.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	zhejiang.recognises(zhejiang.sharing("330200", 1, impostor))
	due := zhejiang.store.PeersDue()
	if len(due) != 1 || !due[0].Lacking || due[0].Code != "340000" {
		t.Errorf("due is %+v", due)
	}
	zhejiang.clock.Advance(time.Minute)
	if err := zhejiang.store.KeepPeerKeys(ctx, "340000", must[models.Signed](t)(impostor.store.Face())); err != nil {
		t.Fatal(err)
	}
	if due := zhejiang.store.PeersDue(); len(due) != 0 {
		t.Errorf("due is %+v", due)
	}

	// The gate stands in Hangzhou, which goes by the file of the province.
	gate := zhejiang.gate()
	if got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0)); got.Colour != "green" || !got.Recognised.Asked {
		t.Errorf("a driver of Anhui: %+v", got)
	}
	false1 := impostor.resident("wechat", 3, "赵六")
	impostor.declare(false1, well).into(t, nil)
	gate = zhejiang.gate()
	forged := impostor.shown(false1, 0)
	zhejiang.changesNothing(t, func() {
		if a := zhejiang.ask(gate, "POST", "/v1/scans", map[string]string{"id": zhejiang.ulid(), "pass": forged}); a.problem().Reason != models.ReasonPassForeign {
			t.Errorf("a pass of whom Ningbo trusts: %s", a)
		}
	})

	// Nobody but those of Ningbo is told about to it.
	inHangzhou := zhejiang.register("wechat", 11, "王五")
	zhejiang.community = port
	inNingbo := zhejiang.register("wechat", 12, "钱七")
	texts := map[string]string{inHangzhou: zhejiang.shown(inHangzhou, 0), inNingbo: zhejiang.shown(inNingbo, 0)}
	ask := func(by *street, of string) answer {
		t.Helper()
		q := question(zhejiang, texts[of])
		q.From, q.To = "340000", "330000"
		return zhejiang.ask("", "POST", "/v1/peer/statements", must[models.Signed](t)(models.SignPaper(by.keys.PeerSigner(), models.PaperQuestion, q)))
	}
	zhejiang.changesNothing(t, func() {
		if a := ask(impostor, inHangzhou); a.problem().Reason != models.ReasonPeerUnknown {
			t.Errorf("it asks about Hangzhou: %s", a)
		}
		if a := ask(anhui, inNingbo); a.problem().Reason != models.ReasonPeerUnknown {
			t.Errorf("Anhui asks about Ningbo, which trusts another: %s", a)
		}
	})
	if a := ask(impostor, inNingbo); a.Status != 200 {
		t.Errorf("it asks about Ningbo: %s", a)
	}
	if a := ask(anhui, inHangzhou); a.Status != 200 {
		t.Errorf("Anhui asks about Hangzhou: %s", a)
	}
}

// TestCityEnds: a city that recognises a peer no more is not brought back by the file of
// its province, which covers more; nor do its pages say so.
func TestCityEnds(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, driver := pair(t)
	zhejiang.pageSays("", "/recognition?lang=en", "drafted by the operator, published by officer")
	zhejiang.pageSays("", "/rules/330100?lang=en", "/recognition#at330000-340000")
	zhejiang.recognises(strings.Replace(zhejiang.sharing("330000", 2, anhui), "mode: share\n", "mode: share\ncovers: [\"340000\", \"360000\"]\n", 1))
	zhejiang.clock.Advance(time.Second)
	zhejiang.recognises("id: p340000\nversion: 1\nplace: \"330100\"\npeer: \"340000\"\nmode: none\nname: {zh: 甲, en: A}\n")
	gate, text := zhejiang.gate(), anhui.shown(driver, 0)
	zhejiang.changesNothing(t, func() {
		if a := zhejiang.ask(gate, "POST", "/v1/scans", map[string]string{"id": zhejiang.ulid(), "pass": text}); a.problem().Reason != models.ReasonPassForeign {
			t.Errorf("got %s", a)
		}
	})
	zhejiang.pageSays("", "/rules/330000?lang=en", "/recognition#at330000-340000")
	if strings.Contains(zhejiang.pageSays("", "/rules/330100?lang=en"), "/recognition#") {
		t.Error("the city's page says that it goes by the province's file")
	}
}

// TestPinIsReplaced: when a pin is replaced by one that was not signed with yet, whoever
// comes is let through within seconds of the first list under it, not after an hour.
func TestPinIsReplaced(t *testing.T) {
	t.Parallel()
	_, zhejiang, anhui, driver := pair(t)
	follow := handlers.KeysFollower(zhejiang.options)
	zhejiang.clock.Advance(time.Hour)
	follow(t.Context()) // it came, and is not fetched again for an hour
	next := must[uint32](t)(anhui.keys.Add("peer"))
	old := anhui.pin()
	var pin string
	for _, key := range anhui.keys.PeerPublic() {
		if print := models.Fingerprint(must[[]byte](t)(models.PeerKey(key))); print != old {
			pin = print
		}
	}
	zhejiang.recognises(strings.Replace(zhejiang.sharing("330000", 2, anhui), old, pin, 1))
	gate := zhejiang.gate()
	follow(t.Context())
	text := anhui.shown(driver, 0)
	zhejiang.changesNothing(t, func() {
		if a := zhejiang.ask(gate, "POST", "/v1/scans", map[string]string{"id": zhejiang.ulid(), "pass": text}); a.problem().Reason != models.ReasonPeerExpired ||
			!strings.Contains(a.problem().Text, "手工登记") {
			t.Errorf("before it signs with that: %s", a)
		}
	})
	if err := anhui.keys.Promote("peer", next); err != nil {
		t.Fatal(err)
	}
	zhejiang.clock.Advance(10 * time.Second)
	follow(t.Context())
	if got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0)); got.Colour != "green" || !got.Recognised.Asked {
		t.Errorf("ten seconds after it does: %+v", got)
	}
}

// TestRevokedInBetween: whoever is in between says in Anhui's place that a pass is worthless.
// Nothing is signed that does, so the gate goes by the pass, and says that nobody was asked.
func TestRevokedInBetween(t *testing.T) {
	t.Parallel()
	w, zhejiang, anhui, _ := docked(t)
	driver := anhui.resident("wechat", 1, "张三")
	anhui.declare(driver, well).into(t, nil)
	gate := zhejiang.gate()
	w.middle = func(host string, r *http.Request, _ []byte) (*http.Response, bool) {
		return &http.Response{StatusCode: 410, Body: io.NopCloser(strings.NewReader(`{"error":{"reason":"pass.revoked"}}`))}, host == "p000000.example.cn" && r.Method == "POST"
	}
	if got := zhejiang.scan(gate, zhejiang.ulid(), anhui.shown(driver, 0)); got.Recognised == nil || got.Recognised.Asked || got.Colour != "green" {
		t.Errorf("got %+v", got)
	}
	if zhejiang.outcome("340000", "refused") != 1 {
		t.Error("it was not counted")
	}
}

// TestForgedVisits: whoever has the database and no key puts no colour into the mouth of
// a gate: a visit of a stranger that the service did not write is no answer to anything.
func TestForgedVisits(t *testing.T) {
	t.Parallel()
	for _, db := range storetest.Dialects {
		t.Run(db, func(t *testing.T) {
			_, zhejiang, anhui, driver := pairOn(t, db)
			gate := zhejiang.gateway("guard")
			anhui.declare(driver, ill).into(t, nil)
			text, id := anhui.shown(driver, 0), zhejiang.ulid()
			if got := zhejiang.scan(gate, id, text); got.Colour != "yellow" {
				t.Fatalf("got %+v", got)
			}
			if _, err := zhejiang.db.Owner(t).ExecContext(t.Context(), "UPDATE peer_visits SET colour = 'green' WHERE id = ?", id); err != nil {
				t.Fatal(err)
			}
			in := with(taking(id, zhejiang.community, "name", "张三", "phone", "13700137000"), "answers", map[string]any{"transport": "train", "stays": []any{map[string]string{"place": "330100", "from": "2022-03-10", "to": "2022-03-14"}}})
			before := storetest.Dump(t, zhejiang.db)
			if a := zhejiang.ask(gate, "POST", "/v1/scans", map[string]string{"id": id, "pass": text}); a.problem().Reason != models.ReasonVisitConflict {
				t.Errorf("scanned again: %s", a)
			}
			if a := zhejiang.takes(gate, in); a.Status < 400 {
				t.Errorf("taken down: %s", a)
			}
			if changed := storetest.Changed(before, storetest.Dump(t, zhejiang.db)); len(changed) > 0 {
				t.Errorf("changed %v, want nothing", changed)
			}
		})
	}
}

// TestClockOfAPeer: an installation whose clock is so far off that passes are refused is
// told of when its keys are fetched.
func TestClockOfAPeer(t *testing.T) {
	t.Parallel()
	for off, want := range map[time.Duration]bool{4 * time.Second: false, 7 * time.Second: true, -7 * time.Second: true, 2 * time.Minute: true} {
		w := newWires(storetest.SQLite)
		zhejiang, anhui := w.province(t, storetest.NewClock(noon), "330000", nil), w.province(t, storetest.NewClock(noon), "340000", anhuiNumbers)
		zhejiang.knows(anhui, "share", reached(anhui))
		told := false
		zhejiang.store.Alarm = func(kind string) { told = told || kind == "peer_clock" }
		zhejiang.clock.Advance(2 * time.Hour)
		anhui.clock.Advance(zhejiang.now().Sub(anhui.now()) + off)
		zhejiang.options.FetchPeers(t.Context())
		if told != want {
			t.Errorf("%v off: told %t", off, told)
		}
	}
}
