package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"healthcode/models"
	"healthcode/models/pass"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
	"healthcode/platform/vault"
)

// keeping is a pass that a guard has kept: what was read, under which id, and when.
type keeping struct {
	id, text string
	at       time.Time // by the slot
}

// keeps has a guard without a network read what the phone shows so long from now.
func (w *town) keeps(p store.Presented, from time.Duration) keeping {
	w.t.Helper()
	now := w.clock.Now().Add(from)
	shown, err := p.Seed.Show(p.Grant, now)
	must(w.t, err)
	start := p.Grant.NotBefore()
	return keeping{ulidOf(now), shown.Text(prefix), start.Add(now.Sub(start).Truncate(pass.Slot))}
}

func ulidOf(at time.Time) string {
	return ulid.MustNew(ulid.Timestamp(at), ulid.DefaultEntropy()).String()
}

// presented is what a new resident's phone has who declared that they are well.
func (w *town) presented() (models.Resident, string, store.Presented) {
	w.t.Helper()
	me, token := w.verified()
	w.declare(me)
	p, err := w.Present(w.ctx, me)
	must(w.t, err)
	w.clock.Advance(time.Minute)
	return me, token, p
}

// TestKeptVisit: a guard lets somebody in by the colour of the pass and hands it in hours
// later. The visit is of when the pass was shown; the guard is told how they stand now.
func TestKeptVisit(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _, p := w.presented()
		kept := w.keeps(p, 2*time.Second)
		w.clock.Advance(8 * time.Hour)
		w.declare(me, models.Fact{Kind: models.FactSymptom, Code: "fever"})
		at := w.gate() // whose session began only now
		var seen store.Seen
		var err error
		w.changesNothingBut([]string{"accesses", "visits"}, func() {
			seen, err = w.ScanKept(w.ctx, at, kept.id, kept.text)
			must(t, err)
		})
		if !seen.At.Equal(kept.at) || seen.Standing.Colour != models.Yellow || seen.Advice != models.AdviceCall || p.Grant.Colour() != models.Green {
			t.Errorf("seen %v at %v, %s; want yellow, of %v", seen.Standing.Colour, seen.At, seen.Advice, kept.at)
		}
		w.changesNothing(func() {
			again, err := w.ScanKept(w.ctx, at, kept.id, kept.text)
			must(t, err)
			if !again.At.Equal(seen.At) || again.Advice != seen.Advice || again.Resident.ID != me.ID {
				t.Errorf("again: %s at %v", again.Advice, again.At)
			}
		})
		visits, err := w.Visits(w.ctx, me)
		must(t, err)
		if len(visits) != 1 || visits[0].Grade != models.GradeScanned || !visits[0].At.Equal(kept.at) || visits[0].ID != kept.id {
			t.Errorf("visits %+v, want one, of %v", visits, kept.at)
		}
	})
}

// TestKeptAtAGateway: whoever was let through has gone on, so that nobody waits.
func TestKeptAtAGateway(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		_, _, p := w.presented()
		at := w.gateNow()
		var err error
		at.Venue, err = w.AddVenue(w.ctx, operator, models.Venue{Jurisdiction: "330110", CommunityID: w.near, Name: words("station"), Kind: models.VenueStation})
		must(t, err)
		kept := w.keeps(p, 0)
		w.changesNothingBut([]string{"accesses", "visits"}, func() {
			seen, err := w.ScanKept(w.ctx, at, kept.id, kept.text)
			must(t, err)
			if seen.Advice != models.AdvicePass || seen.Turn != nil || seen.Card != nil {
				t.Errorf("told %s, %v", seen.Advice, seen.Turn)
			}
		})
	})
}

// TestKeptTooLong: a day and no longer, but what is on record is told of all the same.
func TestKeptTooLong(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		_, _, p := w.presented()
		in, late := w.keeps(p, 0), w.keeps(p, -10*time.Second)
		at := w.gateNow()
		w.clock.Advance(models.KeptLife - w.clock.Now().Sub(in.at))
		_, err := w.ScanKept(w.ctx, at, in.id, in.text)
		must(t, err)
		w.changesNothing(func() {
			_, err := w.ScanKept(w.ctx, at, late.id, late.text)
			refused(t, err, models.ReasonVisitOld)
		})
		w.clock.Advance(time.Hour)
		w.changesNothing(func() {
			_, err := w.ScanKept(w.ctx, at, in.id, in.text)
			must(t, err)
			_, err = w.ScanKept(w.ctx, at, late.id, in.text)
			refused(t, err, models.ReasonVisitOld)
		})
	})
}

func TestKeptRefuses(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		_, _, p := w.presented()
		good, soon, later := w.keeps(p, 0), w.keeps(p, pass.Early), w.keeps(p, pass.Early+pass.Slot)
		at := w.gateNow()
		for _, c := range []struct {
			name, id, text string
			want           models.Reason
		}{
			{"altered", good.id, alter(good.text), models.ReasonPassAltered},
			{"cut off", good.id, good.text[:len(good.text)-1], models.ReasonPassMalformed},
			{"no pass", good.id, "https://pay.example.com/abc", models.ReasonPassForeign},
			{"nothing", good.id, "", models.ReasonPassForeign},
			{"a card on paper", good.id, models.NewPrintCode([16]byte{1}).Text("https://hc.example.cn/c#"), models.ReasonPassForeign},
			{"the future", later.id, later.text, models.ReasonPassEarly},
			{"no id", "", good.text, models.ReasonVisitID},
			{"an id of before", ulidOf(good.at.Add(-11 * time.Minute)), good.text, models.ReasonVisitID},
			{"an id of after", ulidOf(good.at.Add(11 * time.Minute)), good.text, models.ReasonVisitID},
			{"of a key that is not ours", good.id, w.minted(w.other(), 9), models.ReasonPassForeign},
			{"the same, by the name of ours", good.id, w.minted(w.other(), 0), models.ReasonPassAltered},
			{"a grant that nobody has", good.id, w.minted(w.keys, 0), models.ReasonPassRevoked},
		} {
			w.changesNothing(func() {
				_, err := w.ScanKept(w.ctx, at, c.id, c.text)
				if p, ok := asProblem(err); !ok || p.Reason != c.want {
					t.Errorf("%s: got %v, want %s", c.name, err, c.want)
				}
			})
		}
		for _, k := range []keeping{soon, good} { // nothing else stood in the way
			_, err := w.ScanKept(w.ctx, at, k.id, k.text)
			must(t, err)
		}
	})
}

func (w *town) other() *vault.Vault {
	w.t.Helper()
	keys, err := vault.Ephemeral()
	must(w.t, err)
	return keys
}

// minted is a pass of a grant that the service has never heard of. Its key has the id of
// ours, plus that.
func (w *town) minted(keys *vault.Vault, more byte) string {
	w.t.Helper()
	_, key, chain := keys.PassSigner()
	id, _, _ := w.keys.PassSigner()
	g, seed, err := pass.Signer{KeyID: id + more, Key: key, ChainKey: chain}.Mint(pass.GrantInput{Jurisdiction: "330110", Handle: pass.Handle{1},
		Colour: models.Green, NotBefore: w.clock.Now(), Lifetime: time.Hour})
	must(w.t, err)
	shown, err := seed.Show(g, w.clock.Now())
	must(w.t, err)
	return shown.Text(prefix)
}

// TestKeptOfASignedOutPhone: a phone that was signed out afterwards was there; what it
// showed when it had been is worth nothing, and nobody is told of a code that is closed.
func TestKeptOfASignedOutPhone(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _, p := w.presented()
		at := w.gateNow()
		before := w.keeps(p, 0)
		w.clock.Advance(pass.Slot)
		must(t, w.EndSession(w.ctx, me, me.SessionID))
		after := w.keeps(p, pass.Slot)
		w.clock.Advance(time.Minute)
		w.changesNothing(func() {
			_, err := w.ScanKept(w.ctx, at, after.id, after.text)
			refused(t, err, models.ReasonPassRevoked)
			_, err = w.Scan(w.ctx, at, w.ulid(), w.show(p))
			refused(t, err, models.ReasonPassRevoked)
		})
		_, err := w.ScanKept(w.ctx, at, before.id, before.text)
		must(t, err)

		you, _, p := w.presented()
		before = w.keeps(p, 0)
		w.clock.Advance(time.Minute)
		must(t, w.CloseResident(w.ctx, you))
		w.changesNothing(func() {
			_, err := w.ScanKept(w.ctx, at, before.id, before.text)
			refused(t, err, models.ReasonPassRevoked)
		})
	})
}

// TestKeptWithoutConsent: whoever does not agree to visits being kept, or did not when
// they were there, is named by no row.
func TestKeptWithoutConsent(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		at := w.gateNow()
		agree := models.Consent{Purpose: models.PurposeVisits, Version: models.ConsentVersion}
		for _, c := range []struct {
			name                 string
			before, between, end bool // whether they agree when they are there, for a while after, and when it comes in
			want                 int
		}{
			{"as ever", true, true, true, 1},
			{"taken back since", true, false, false, 0},
			{"never given", false, false, false, 0},
			{"given since", false, true, true, 0},
			{"taken back and given since", true, false, true, 0},
		} {
			me, _, p := w.presented()
			stands := true
			say := func(agrees bool) {
				if agrees && !stands {
					must(t, w.GiveConsent(w.ctx, me, agree))
				} else if !agrees && stands {
					must(t, w.WithdrawConsent(w.ctx, me, models.PurposeVisits))
				}
				stands = agrees
				w.clock.Advance(time.Minute)
			}
			say(c.before)
			kept := w.keeps(p, 0)
			w.clock.Advance(time.Minute)
			say(c.between)
			say(c.end)
			for range 2 {
				seen, err := w.ScanKept(w.ctx, at, kept.id, kept.text)
				must(t, err)
				if seen.Resident.ID != me.ID {
					t.Errorf("%s: the guard is told of nobody", c.name)
				}
			}
			visits, err := w.Visits(w.ctx, me)
			must(t, err)
			accesses, err := w.Accesses(w.ctx, me)
			must(t, err)
			if len(visits) != c.want || countPurpose(accesses, models.AccessGate) != 2-c.want {
				t.Errorf("%s: %d visits in their name, want %d; %d looks", c.name, len(visits), c.want, countPurpose(accesses, models.AccessGate))
			}
		}
		if n := w.count("visits"); n != 5 {
			t.Errorf("%d visits, want 5", n)
		}
	})
}

// TestKeptAfterALostAnswer: a scan that was recorded and whose answer was lost is handed
// in as kept, the other way round, and by two requests at once: it stays one visit.
func TestKeptAfterALostAnswer(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _, p := w.presented()
		at := w.gateNow()
		online, offline, raced := w.keeps(p, 0), w.keeps(p, pass.Slot), w.keeps(p, -time.Minute)
		_, err := w.Scan(w.ctx, at, online.id, online.text)
		must(t, err)
		_, err = w.ScanKept(w.ctx, at, offline.id, offline.text)
		must(t, err)
		w.clock.Advance(5 * time.Minute) // both are stale
		w.changesNothing(func() {
			seen, err := w.ScanKept(w.ctx, at, online.id, online.text)
			must(t, err)
			if !seen.At.Equal(online.at) || seen.Advice != models.AdvicePass {
				t.Errorf("kept after a scan: %s at %v", seen.Advice, seen.At)
			}
			seen, err = w.Scan(w.ctx, at, offline.id, offline.text)
			must(t, err)
			if seen.Advice != models.AdvicePass {
				t.Errorf("scanned after it was kept: %s", seen.Advice)
			}
		})
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				if _, err := w.ScanKept(w.ctx, at, raced.id, raced.text); err != nil {
					t.Errorf("at once: %v", err)
				}
			})
		}
		wait.Wait()
		visits, err := w.Visits(w.ctx, me)
		must(t, err)
		accesses, err := w.Accesses(w.ctx, me)
		must(t, err)
		if looks := countPurpose(accesses, models.AccessGate); len(visits) != 3 || looks != 3 {
			t.Errorf("%d visits and %d looks, want three of each", len(visits), looks)
		}
	})
}

// TestKeptByAnother: what one guard has handed in is theirs, at the venue where they
// stood. Whoever hands in the same pass as seen elsewhere raises the alarm.
func TestKeptByAnother(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		_, _, p := w.presented()
		kept := w.keeps(p, 0)
		mine, theirs := w.gateNow(), w.gateNow()
		theirs.ID = "another"
		_, err := w.ScanKept(w.ctx, mine, kept.id, kept.text)
		must(t, err)
		other, err := w.AddVenue(w.ctx, operator, models.Venue{Jurisdiction: "330110", CommunityID: w.far, Name: words("shop")})
		must(t, err)
		moved := mine
		moved.Venue = other
		w.changesNothing(func() {
			for _, at := range []models.Gate{theirs, moved} {
				_, err := w.ScanKept(w.ctx, at, kept.id, kept.text)
				refused(t, err, models.ReasonVisitConflict)
			}
		})
		if slices.Contains(w.alarmed(), "visit_twice") {
			t.Error("an alarm too soon")
		}
		_, err = w.ScanKept(w.ctx, moved, ulidOf(kept.at), kept.text)
		must(t, err)
		if !slices.Contains(w.alarmed(), "visit_twice") {
			t.Error("one pass was handed in at two venues, and nobody is told")
		}
	})
}
