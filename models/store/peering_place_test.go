package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// TestMergedPeerings: gates of a place that became part of another go by the table of what
// it is today, on every replica; its own is in force no more, and nobody can draft one.
func TestMergedPeerings(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		d := newTown(t, db).districts()
		far, err := d.AddCommunity(d.ctx, operator, models.Community{Jurisdiction: "420100", Name: words("wuhan"), Phone: "027-1"})
		must(t, err)
		me := d.dweller(far)
		d.declare(me, models.Fact{Kind: models.FactContact, Code: "yes"})
		at := d.gateNow()
		at.Venue = d.market
		seen := func(place string, version int) {
			t.Helper()
			var err error
			at.Venue, err = d.Venue(d.ctx, d.market.ID)
			must(t, err)
			d.counts(at, d.now(me), map[bool]models.Colour{true: models.Green, false: models.Yellow}[place != "330110" && place != "330000"], version)
			other := d.replica()
			for _, p := range slices.Concat(d.PeeringsIn("330105"), other.PeeringsIn("330105")) {
				if p.Place != place {
					t.Errorf("gates go by the table of %s, want %s", p.Place, place)
				}
			}
		}
		d.recognises(peering("330105", "420100", 3, generous))
		d.recognises(peering("330110", "420100", 2, plain))
		following := d.replica()
		seen("330105", 3)
		drafter, _ := d.officer("330105")
		draft, err := drafter.Draft(d.ctx, models.PublishedPeering, peering("330105", "420100", 4, plain))
		must(t, err)
		d.clock.Advance(time.Second)
		d.unite("330100", models.Merger{From: "330105", Into: "330110"})
		d.work()
		must(t, following.Refresh(d.ctx))
		seen("330110", 2)
		if list := following.Peerings(); len(list) != 1 || list[0].Place != "330110" {
			t.Errorf("another replica goes by %v", list)
		}
		city, _ := d.officer("330100")
		colleague, _ := d.officer("330100")
		d.changesNothing(func() {
			_, err := city.Publish(d.ctx, draft.ID)
			refused(t, err, models.ReasonMergerOver)
			_, err = city.Draft(d.ctx, models.PublishedPeering, peering("330105", "420100", 5, plain))
			if got := faultOf(t, err); got != "line 3: place: it is no place of this service" {
				t.Errorf("told %s", got)
			}
		})

		// A city's code becomes the province's, with a table of its own for districts that have
		// none.
		d.recognises(peering("330100", "420100", 6, generous))
		d.recognises(peering("330000", "420100", 7, plain))
		d.recognises([]byte("id: x\nversion: 3\nplace: \"330110\"\npeer: \"420100\"\nmode: none\nname: {zh: 外地, en: elsewhere}\n"))
		if list := d.PeeringsIn("330110"); len(list) != 0 {
			t.Errorf("a district that recognises nobody goes by %v", list)
		}
		below, err := colleague.Draft(d.ctx, models.PublishedPeering, peering("330106", "420100", 1, plain))
		must(t, err)
		if _, _, now, err := city.Peering(below); err != nil || now == nil || now.Place != "330100" {
			t.Errorf("compared with %v: %v", now, err)
		}
		d.clock.Advance(time.Second)
		must(t, d.AddJurisdiction(d.ctx, operator, models.Jurisdiction{Code: "000000", Name: words("nation"), TimeZone: "Asia/Shanghai"}))
		must(t, d.Refresh(d.ctx))
		d.unite("000000", models.Merger{From: "330100", Into: "330000"})
		d.work()
		if list := d.PeeringsIn("330106"); len(list) != 1 || list[0].Place != "330000" {
			t.Errorf("a district of the city that was goes by %v", list)
		}
		if _, _, now, err := city.Peering(below); err != nil || now == nil || now.Place != "330000" {
			t.Errorf("compared with %v: %v", now, err)
		}
		province, _ := d.officer("330000")
		d.changesNothing(func() {
			_, err := province.Publish(d.ctx, below.ID)
			refused(t, err, models.ReasonDraftOvertaken)
		})
	})
}

// adopting is a file by which the place has no code of its own.
func adopting(place string, version int) []byte {
	return fmt.Appendf(nil, "id: x\nversion: %d\nplace: %q\npeer: \"000000\"\nmode: adopt\nname: {zh: 国家码, en: the nation's}\nurl: https://code.example.cn\nopen: https://code.example.cn/\npins: [%s]\n%spasses:\n  - {is: green, colour: green}\n",
		version, place, strings.Repeat("a", 64), plain)
}

// TestAdoptIsLeft: a city has a code of its own again in a province that has none, by
// sharing with whose code the province adopted, or by recognising it no more.
func TestAdoptIsLeft(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		w.recognises(adopting("330000", 1))
		elsewhere := func(want bool) {
			t.Helper()
			_, err := w.Present(w.ctx, me)
			if want {
				refused(t, err, models.ReasonPassElsewhere)
			} else {
				must(t, err)
			}
		}
		elsewhere(true)
		w.recognises([]byte("id: x\nversion: 1\nplace: \"330100\"\npeer: \"000000\"\nmode: none\nname: {zh: 国家码, en: the nation's}\n"))
		elsewhere(false)
		w.recognises(adopting("330100", 2))
		elsewhere(true)
		w.recognises([]byte(strings.NewReplacer("mode: adopt", "mode: share", "open: https://code.example.cn/\n", "").Replace(string(adopting("330100", 3)))))
		elsewhere(false)
	})
}
