package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// station is a gateway of the town.
func (w *town) station() models.Venue {
	w.t.Helper()
	v, err := w.AddVenue(w.ctx, operator, models.Venue{Jurisdiction: "330110", CommunityID: w.near, Kind: models.VenueStation, Name: words("station")})
	must(w.t, err)
	return v
}

// at is a guard at the venue, on a clock that does not move.
func at(v models.Venue, id string) models.Gate {
	return models.Gate{Staff: models.Staff{ID: id, Display: id, Role: models.RoleGuard, Jurisdiction: v.Jurisdiction}, Venue: v}
}

// from is a declaration that its resident was in the places until today.
func (w *town) from(places ...string) models.Declaration {
	d := models.Declaration{Form: models.FormArrival, Version: 1, Answers: []byte(`{"transport":"train"}`)}
	for _, place := range places {
		d.Stays = append(d.Stays, models.Stay{Place: place, From: noon.Add(-72 * time.Hour), To: noon.Add(12 * time.Hour)})
	}
	return d
}

func (w *town) arrive(me models.Resident, d models.Declaration, a models.Arrival) store.Arrived {
	w.t.Helper()
	w.people++
	out, err := w.Arrive(w.ctx, me, store.Key{Value: fmt.Sprint("arrival", w.people), Body: []byte("body")}, d, a)
	must(w.t, err)
	return out
}

func (w *town) scanned(at models.Gate, me models.Resident) store.Seen {
	w.t.Helper()
	p, err := w.Present(w.ctx, me)
	must(w.t, err)
	seen, err := w.Scan(w.ctx, at, w.ulid(), w.show(p))
	must(w.t, err)
	return seen
}

func companion(w *town, name string) models.Companion {
	return models.Companion{Name: w.name(name), Document: w.document()}
}

func plate(t testing.TB, s string) models.Plate {
	t.Helper()
	p, err := models.ParsePlate(s)
	must(t, err)
	return p
}

// Somebody of near goes to far: far reviews them, near does not.
func TestArrivalIsTheDestinationsToReview(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(*town) models.Arrival
	}{
		{"alone, on arrival", func(w *town) models.Arrival { return models.Arrival{} }},
		{"a family, before", func(w *town) models.Arrival {
			return models.Arrival{At: noon.Add(5 * time.Hour), Companions: []models.Companion{companion(w, "李四"), companion(w, "李小四")}}
		}},
		{"a driver", func(w *town) models.Arrival {
			phone, err := models.ParsePhone("13900139000")
			must(w.t, err)
			return models.Arrival{At: noon.Add(-time.Hour), Plate: plate(w.t, "浙A12345"), Contact: phone}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			schema.Each(t, func(t *testing.T, db storetest.DB) {
				w := newTown(t, db)
				me, _ := w.verified()
				near, far := w.worker(w.near), w.worker(w.far)
				a := c.make(w)
				a.Community, a.Gateway = w.far, w.station().ID
				before := w.colour(me)
				out := w.arrive(me, w.from("420100"), a)
				if w.colour(me) != before || out.Arrival.Party() != 1+len(a.Companions) {
					t.Errorf("colour %v, party of %d", w.colour(me), out.Arrival.Party())
				}
				if queue, err := w.For(near).Queue(w.ctx, ""); err != nil || len(queue) != 0 {
					t.Errorf("the home has %d reviews of it, %v", len(queue), err)
				}
				w.followsUp(far, me, out.Arrival)
			})
		})
	}
}

// followsUp has a worker of the destination look at the arrival and judge it.
func (w *town) followsUp(by models.Worker, me models.Resident, a models.Arrival) {
	w.t.Helper()
	desk := w.For(by)
	queue, err := desk.Queue(w.ctx, "")
	must(w.t, err)
	if len(queue) != 1 || queue[0].Kind != models.ReviewArrival || queue[0].DueAt.Before(a.At.Add(23*time.Hour)) {
		w.t.Fatalf("the destination has %+v", queue)
	}
	seen, err := desk.Case(w.ctx, queue[0].ID)
	must(w.t, err)
	got := seen.Arrival
	if got.ID != a.ID || !slices.Equal(got.Companions, a.Companions) || got.Plate != a.Plate || got.Contact != a.Contact || !got.At.Equal(a.At) ||
		got.From != "420100" || got.Destination.ID != w.far || got.Through.Kind != models.VenueStation || len(seen.Declaration.Answers) == 0 {
		w.t.Errorf("the destination sees %+v", got)
	}
	if len(seen.Card.Places) != 1 || seen.Card.Places[0].Place != "420100" {
		w.t.Errorf("and the cities %v", seen.Card.Places)
	}
	must(w.t, desk.Claim(w.ctx, queue[0].ID))
	w.changesNothing(func() {
		for _, v := range []models.Verdict{models.Approve, models.Reject} {
			refused(w.t, desk.Judge(w.ctx, queue[0].ID, models.Judgement{Verdict: v}), models.ReasonVerdictReason)
		}
		refused(w.t, desk.Judge(w.ctx, queue[0].ID, models.Judgement{Verdict: models.Clear, Words: "well"}), models.ReasonVerdict)
	})
	before := w.colour(me)
	must(w.t, desk.Judge(w.ctx, queue[0].ID, models.Judgement{Verdict: models.Approve, Words: "welcome"}))
	mine, err := w.Arrivals(w.ctx, me)
	must(w.t, err)
	told, err := w.Unread(w.ctx, me)
	must(w.t, err)
	if len(mine) != 1 || mine[0].Review.Words != "welcome" || told[0].Review.Kind != models.ReviewArrival || w.colour(me) != before {
		w.t.Errorf("the resident reads %+v and %+v, and is %v", mine, told, w.colour(me))
	}
	accesses, err := w.Accesses(w.ctx, me)
	must(w.t, err)
	if countPurpose(accesses, models.AccessReview) != 1 {
		w.t.Errorf("the worker's look is not on record: %v", accesses)
	}
}

// The same key is the same arrival, and another body under it a conflict.
func TestArrivalIsDeclaredOnce(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		key, a := store.Key{Value: "key", Body: []byte("body")}, models.Arrival{Community: w.far, Companions: []models.Companion{companion(w, "李四")}}
		first, err := w.Arrive(w.ctx, me, key, w.from("420100"), a)
		must(t, err)
		w.changesNothing(func() {
			again, err := w.Arrive(w.ctx, me, key, w.from("420100"), a)
			must(t, err)
			if again.Arrival.ID != first.Arrival.ID || again.ID != first.ID {
				t.Errorf("%s and then %s", first.Arrival.ID, again.Arrival.ID)
			}
			_, err = w.Arrive(w.ctx, me, store.Key{Value: "key", Body: []byte("another")}, w.from("420100"), a)
			refused(t, err, models.ReasonIdempotencyBody)
		})
	})
}

func TestArrivalRefuses(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		friend := companion(w, "李四")
		var nine []models.Companion
		for range models.ArrivalCompanions + 1 {
			nine = append(nine, companion(w, "李四"))
		}
		for name, c := range map[string]struct {
			a    models.Arrival
			want models.Reason
		}{
			"nowhere":             {models.Arrival{}, models.ReasonCommunityUnknown},
			"too far ahead":       {models.Arrival{Community: w.far, At: noon.Add(15 * 24 * time.Hour)}, models.ReasonArrivalTime},
			"long ago":            {models.Arrival{Community: w.far, At: noon.Add(-25 * time.Hour)}, models.ReasonArrivalTime},
			"through a door":      {models.Arrival{Community: w.far, Gateway: w.venue.ID}, models.ReasonGatewayUnknown},
			"through nothing":     {models.Arrival{Community: w.far, Gateway: "v0"}, models.ReasonGatewayUnknown},
			"with themselves":     {models.Arrival{Community: w.far, Companions: []models.Companion{{Name: me.Name, Document: me.Document}}}, models.ReasonArrivalTwice},
			"with somebody twice": {models.Arrival{Community: w.far, Companions: []models.Companion{friend, friend}}, models.ReasonArrivalTwice},
			"with a crowd":        {models.Arrival{Community: w.far, Companions: nine}, models.ReasonAnswerTooMany},
		} {
			w.changesNothing(func() {
				_, err := w.Arrive(w.ctx, me, store.Key{Value: "key " + name}, w.from("420100"), c.a)
				if p, ok := asProblem(err); !ok || p.Reason != c.want {
					t.Errorf("%s: %v, want %s", name, err, c.want)
				}
			})
		}
	})
}

// Who comes along is sealed, and is coloured by nobody else's word.
func TestCompanionsAreSealed(t *testing.T) {
	w := newTown(t, schema.New(t, storetest.SQLite))
	friend, _ := w.verified()
	me, _ := w.verified()
	before := w.colour(friend)
	w.arrive(me, w.from("420100"), models.Arrival{Community: w.far, Plate: plate(t, "浙A12345"), Companions: []models.Companion{{Name: friend.Name, Document: friend.Document}}})
	dump := fmt.Sprint(storetest.Dump(t, w.db))
	for _, clear := range []string{friend.Document.Number.Reveal(), "浙A12345"} {
		if strings.Contains(dump, clear) {
			t.Error("a companion or a plate stands in the database in clear")
		}
	}
	mine, err := w.Arrivals(w.ctx, friend)
	must(t, err)
	if w.colour(friend) != before || len(mine) != 0 {
		t.Errorf("the companion is %v, and has %d arrivals", w.colour(friend), len(mine))
	}
}

// Somebody who arrives before their document is checked, and is found to be known,
// has their arrival still.
func TestArrivalOfWhoIsKnownAlready(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		holder, token := w.verified()
		newcomer, _ := w.registered(holder.Document)
		w.arrive(newcomer, w.from("420100"), models.Arrival{Community: w.far})
		w.judge(w.worker(w.near), models.Judgement{Verdict: models.Approve})
		mine, err := w.Arrivals(w.ctx, w.resident(token))
		must(t, err)
		if len(mine) != 1 || mine[0].From != "420100" || mine[0].Review.ID == "" {
			t.Errorf("the holder has %+v", mine)
		}
	})
}
