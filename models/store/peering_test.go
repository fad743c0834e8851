package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/published"
	"healthcode/models/store/storetest"
)

// generous is a table by which a yellow of the other place is green here.
var generous = strings.Replace(plain, "{is: yellow, colour: yellow}", "{is: yellow, colour: green}", 1)

// contacted is somebody who is yellow at home.
func (w *town) contacted() models.Resident {
	w.t.Helper()
	me, _ := w.verified()
	w.declare(me, models.Fact{Kind: models.FactContact, Code: "yes"})
	return me
}

// counts fails unless the gate takes the resident's code for that colour, by that version.
func (w *town) counts(at models.Gate, me models.Resident, colour models.Colour, version int) {
	w.t.Helper()
	got := w.seenAt(at, me)
	if got.Recognised == nil || got.Recognised.Colour != colour || got.Recognised.Peering.Version != version {
		w.t.Errorf("seen %+v, want %v by version %d", got.Recognised, colour, version)
	}
}

// faultOf is the line and the words of the only thing that is wrong with a file.
func faultOf(t *testing.T, err error) string {
	t.Helper()
	refused(t, err, models.ReasonDraftFaults)
	var faults published.Faults
	if !errors.As(err, &faults) || len(faults) != 1 {
		t.Fatalf("got %v, want one fault", err)
	}
	return faults[0].Error()
}

// TestPeeringsArePublished: one officer drafts, another publishes; it is in force on every
// replica, and goes back the same way.
func TestPeeringsArePublished(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, _, there, _ := provinces(t, db)
		me := w.contacted()
		drafter, by := w.officer("420100")
		colleague, fellow := w.officer("420100")
		first, err := drafter.Draft(w.ctx, models.PublishedPeering, peering("420100", "330000", 1, plain))
		must(t, err)
		if first.Jurisdiction != "420100" || first.Name != "330000" || first.Version != 1 || first.DraftedBy != by.ID {
			t.Errorf("drafted %+v", first)
		}
		w.changesNothingBut([]string{"alarms"}, func() {
			refused(t, drafter.Ready(w.ctx, first.ID), models.ReasonDraftOwn)
			_, err := drafter.Publish(w.ctx, first.ID)
			refused(t, err, models.ReasonDraftOwn)
		})
		if got := w.seenAt(there, me); got.Recognised != nil || len(w.Peerings()) != 0 {
			t.Errorf("drafted, and gone by: %+v", got.Recognised)
		}
		other := w.replica()
		must(t, colleague.Ready(w.ctx, first.ID))
		one, err := colleague.Publish(w.ctx, first.ID)
		must(t, err)
		w.counts(there, me, models.Yellow, 1)
		must(t, other.Refresh(w.ctx))
		if list := other.Peerings(); len(list) != 1 || list[0].Peer != "330000" {
			t.Errorf("the other replica goes by %v", list)
		}
		w.clock.Advance(time.Second)
		second, err := colleague.Draft(w.ctx, models.PublishedPeering, peering("420100", "330000", 2, generous))
		must(t, err)
		_, err = drafter.Publish(w.ctx, second.ID)
		must(t, err)
		w.counts(there, me, models.Green, 2)
		w.changesNothing(func() {
			_, err := drafter.Draft(w.ctx, models.PublishedPeering, peering("420100", "330000", 2, generous))
			refused(t, err, models.ReasonDraftUnchanged)
			_, err = drafter.Draft(w.ctx, models.PublishedPeering, peering("420100", "330000", 2, plain))
			if got := faultOf(t, err); got != "420100: version: must be above 2" {
				t.Errorf("told %s", got)
			}
		})
		w.clock.Advance(time.Second)
		back, err := drafter.Back(w.ctx, one.ID)
		must(t, err)
		if back.Version != 3 || back.Kind != models.PublishedPeering {
			t.Errorf("back as %+v", back)
		}
		_, err = colleague.Publish(w.ctx, back.ID)
		must(t, err)
		w.counts(there, me, models.Yellow, 3)
		mapped, err := w.Mappings(w.ctx)
		must(t, err)
		if len(mapped) != 1 || mapped[0].Drafted != by.Display || mapped[0].Published != fellow.Display || mapped[0].Peering.Version != 3 || !mapped[0].At.Equal(w.clock.Now()) {
			t.Errorf("everybody reads %+v", mapped)
		}
	})
}

// TestPeeringsAreRefused: what is wrong with a file, or is not the officer's to say,
// changes nothing.
func TestPeeringsAreRefused(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		office, _ := w.officer("330100")
		below, _ := w.officer("330110")
		city, _ := w.officer("330100")
		w.changesNothing(func() {
			for _, c := range []struct{ file, want string }{
				{string(peering("650000", "330100", 1, plain)), "line 3: place: it is no place of this service"},
				{string(peering("330100", "650000", 1, plain)), "line 4: peer: with local it must be a place of this service"},
				{string(peering("330100", "420100", 1, strings.Replace(plain, "colour: red", "colour: blue", 1))), `line 10: "blue" is none of green, grey, yellow and red`},
			} {
				_, err := office.Draft(w.ctx, models.PublishedPeering, []byte(c.file))
				if got := faultOf(t, err); got != c.want {
					t.Errorf("told %s, want %s", got, c.want)
				}
				_, err = w.DraftPeering(w.ctx, operator, []byte(c.file))
				refused(t, err, models.ReasonDraftFaults)
			}
			for _, place := range []string{"330000", "420100"} {
				_, err := office.Draft(w.ctx, models.PublishedPeering, peering(place, "330110", 1, plain))
				refused(t, err, models.ReasonForbidden)
			}
			_, err := office.Draft(w.ctx, "peerings", peering("330100", "420100", 1, plain))
			refused(t, err, models.ReasonFieldBad)
			_, err = office.Draft(w.ctx, models.PublishedPeering, []byte(strings.Repeat("#", 70<<10)))
			refused(t, err, models.ReasonBodyTooLarge)
		})
		draft, err := office.Draft(w.ctx, models.PublishedPeering, peering("330100", "420100", 1, plain))
		must(t, err)
		w.changesNothing(func() {
			refused(t, office.Try(w.ctx, draft.ID), models.ReasonFieldBad)
			_, err := below.Publish(w.ctx, draft.ID)
			refused(t, err, models.ReasonDraftUnknown)
		})
		must(t, office.Discard(w.ctx, draft.ID))
		w.changesNothing(func() {
			_, err := city.Publish(w.ctx, draft.ID)
			refused(t, err, models.ReasonDraftClosed)
		})
		if len(w.Peerings()) != 0 {
			t.Errorf("in force: %v", w.Peerings())
		}
	})
}

// TestOperatorsDraftOnly: what the operator adds is gone by once an officer has published
// it; whoever is above the place may.
func TestOperatorsDraftOnly(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, _, there, _ := provinces(t, db)
		me := w.contacted()
		must(t, w.AddJurisdiction(w.ctx, operator, models.Jurisdiction{Code: "000000", Name: words("nation"), TimeZone: "Asia/Shanghai"}))
		draft, err := w.DraftPeering(w.ctx, models.Operator("peer add"), peering("420100", "330000", 1, plain))
		must(t, err)
		if got := w.seenAt(there, me); got.Recognised != nil {
			t.Errorf("the operator alone: %+v", got.Recognised)
		}
		nation, by := w.officer("000000")
		drafts, err := nation.Drafts(w.ctx)
		must(t, err)
		if len(drafts) != 1 || drafts[0].DraftedBy != "peer add" {
			t.Errorf("drafts: %+v", drafts)
		}
		_, err = nation.Publish(w.ctx, draft.ID)
		must(t, err)
		w.counts(there, me, models.Yellow, 1)
		mapped, err := w.Mappings(w.ctx)
		must(t, err)
		if len(mapped) != 1 || mapped[0].Drafted != "" || mapped[0].DraftedBy != "peer add" || mapped[0].Published != by.Display {
			t.Errorf("everybody reads %+v", mapped)
		}
	})
}

// added writes a peering as operators put it in force before officers published any.
func (w *town) added(file []byte) {
	w.t.Helper()
	p, err := models.ParsePeering(file)
	must(w.t, err)
	id, at := w.ulid(), w.clock.Now().UnixMilli()
	mac, err := w.keys.MAC("peers", fmt.Appendf(nil, "%s %s %s %d %s peer add %d", id, p.Place, p.Peer, p.Version, p.Hash, at))
	must(w.t, err)
	owner := w.db.Owner(w.t)
	_, err = owner.ExecContext(w.ctx, "INSERT INTO published_files (hash, body, at) VALUES (?, ?, ?)", p.Hash, string(p.Source), at)
	must(w.t, err)
	_, err = owner.ExecContext(w.ctx, "INSERT INTO peers (id, place, code, version, hash, made_by, at, mac) VALUES (?, ?, ?, ?, ?, 'peer add', ?, ?)", id, p.Place, p.Peer, p.Version, p.Hash, at, mac)
	must(w.t, err)
	must(w.t, w.Refresh(w.ctx))
}

// TestPeeringsFromBefore: what operators added alone is in force until officers publish
// something else, has a version that theirs must be above, and can be gone back to.
func TestPeeringsFromBefore(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w, _, there, _ := provinces(t, db)
		me := w.contacted()
		w.added(peering("420100", "330000", 4, plain))
		w.counts(there, me, models.Yellow, 4)
		w.clock.Advance(time.Second)
		office, _ := w.officer("420100")
		history, err := office.History(w.ctx)
		must(t, err)
		i := slices.IndexFunc(history, func(p models.Publication) bool { return p.Kind == models.PublishedPeering })
		if i < 0 || !history[i].InForce || history[i].DraftedBy != "peer add" || history[i].PublishedBy != "" {
			t.Fatalf("the office knows of %+v", history)
		}
		before := history[i]
		begun, err := office.Begin(w.ctx, before.ID)
		must(t, err)
		if begun.Version != 5 || !strings.Contains(begun.Body, "version: 5\n") {
			t.Errorf("begun with %+v", begun)
		}
		_, err = office.Draft(w.ctx, models.PublishedPeering, peering("420100", "330000", 4, generous))
		if got := faultOf(t, err); got != "420100: version: must be above 4" {
			t.Errorf("told %s", got)
		}
		w.recognises(peering("420100", "330000", 5, generous))
		w.counts(there, me, models.Green, 5)
		w.clock.Advance(time.Second)
		back, err := office.Back(w.ctx, before.ID)
		must(t, err)
		colleague, _ := w.officer("420100")
		_, err = colleague.Publish(w.ctx, back.ID)
		must(t, err)
		w.counts(there, me, models.Yellow, 6)
	})
}

// TestPeeringOfAPlaceAbove: a place without a file goes by that above it, and begins with
// it when it makes one of its own.
func TestPeeringOfAPlaceAbove(t *testing.T) {
	w := newTown(t, schema.Any(t))
	w.recognises(peering("330000", "420100", 7, plain))
	office, _ := w.officer("330110")
	if list := office.Inherited(); !slices.ContainsFunc(list, func(p models.Publication) bool {
		return p.Kind == models.PublishedPeering && p.Jurisdiction == "330000" && p.Name == "420100" && p.Version == 7
	}) {
		t.Errorf("from above there are %+v", list)
	}
	begun, err := office.Begin(w.ctx, "peering.420100")
	must(t, err)
	if begun.Jurisdiction != "330110" || begun.Version != 1 || !strings.Contains(begun.Body, "place: \"330110\"\npeer") || !strings.Contains(begun.Body, "version: 1\n") {
		t.Errorf("begun with %+v", begun)
	}
	draft, err := office.Draft(w.ctx, models.PublishedPeering, []byte(strings.Replace(begun.Body, "{is: yellow, colour: yellow}", "{is: yellow, colour: red}", 1)))
	must(t, err)
	drafted, before, now, err := office.Peering(draft)
	must(t, err)
	if drafted.Place != "330110" || before != nil || now == nil || now.Place != "330000" || office.Before(draft) != "" {
		t.Errorf("it stands beside %v and %v", before, now)
	}
	colleague, _ := w.officer("330110")
	_, err = colleague.Publish(w.ctx, draft.ID)
	must(t, err)
	if _, before, now, err = office.Peering(draft); err != nil || before == nil || before != now || office.Before(draft) != draft.Body {
		t.Errorf("published, it stands beside %v and %v: %v", before, now, err)
	}
	if list := office.Inherited(); slices.ContainsFunc(list, func(p models.Publication) bool { return p.Kind == models.PublishedPeering }) {
		t.Errorf("with one of its own, from above there are %+v", list)
	}
	if none, err := office.Begin(w.ctx, "peering.540000"); err != nil || none.Body != "" || none.Kind != models.PublishedPeering {
		t.Errorf("of nobody: %+v, %v", none, err)
	}
}

// TestPeeringsOvertakeEachOther: what was drafted before the table that its gates go by now
// was compared with another, and is drafted anew.
func TestPeeringsOvertakeEachOther(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		drafter, _ := w.officer("330110")
		colleague, _ := w.officer("330110")
		later, err := drafter.Draft(w.ctx, models.PublishedPeering, peering("330110", "420100", 2, generous))
		must(t, err)
		w.clock.Advance(time.Second)
		for _, place := range []string{"330000", "330110"} {
			w.recognises(peering(place, "420100", 1, plain))
			w.changesNothing(func() {
				refused(t, colleague.Ready(w.ctx, later.ID), models.ReasonDraftOvertaken)
				_, err := colleague.Publish(w.ctx, later.ID)
				refused(t, err, models.ReasonDraftOvertaken)
			})
		}
		again, err := drafter.Draft(w.ctx, models.PublishedPeering, []byte(later.Body))
		must(t, err)
		w.recognises(peering("330110", "330000", 1, "colours:\n  - {is: 1, colour: green}\n"))
		_, err = colleague.Publish(w.ctx, again.ID)
		must(t, err)
	})
}

// TestPeeringsOvertakeNoRules: rules that were tried out can be published after a peering
// was.
func TestPeeringsOvertakeNoRules(t *testing.T) {
	w := newTown(t, schema.Any(t))
	drafter, _ := w.officer("330110")
	colleague, _ := w.officer("330110")
	draft, err := drafter.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
	must(t, err)
	w.work()
	w.clock.Advance(time.Second)
	w.recognises(peering("330110", "420100", 1, plain))
	_, err = colleague.Publish(w.ctx, draft.ID)
	must(t, err)
}
