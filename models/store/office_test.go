package store_test

import (
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store/storetest"
)

// TestBegin: a new draft begins with what there is, under the version that comes
// next, and what it begins with can be drafted as it stands.
func TestBegin(t *testing.T) {
	w := newTown(t, schema.Any(t))
	office, _ := w.officer("330110")
	begin := func(from string) models.Draft {
		t.Helper()
		d, err := office.Begin(w.ctx, from)
		must(t, err)
		return d
	}
	if d := begin(""); d.Body != "" || d.Jurisdiction != "330110" || d.Kind != models.PublishedRules {
		t.Errorf("with nothing: %+v", d)
	}
	form := begin("form.health")
	if form.Kind != models.PublishedForm || !strings.Contains(form.Body, `jurisdiction: "330110"`) || !strings.Contains(form.Body, "version: 2\n") {
		t.Errorf("with a form from above: %+v", form)
	}
	_, err := office.Draft(w.ctx, form.Kind, []byte(form.Body))
	must(t, err)
	first := w.enact("330110", gone("330110", 1))
	w.clock.Advance(time.Second)
	w.enact("330110", stricter("330110", 5))
	if d := begin(""); d.Version != 6 || !strings.Contains(d.Body, "version: 6\n") || !strings.Contains(d.Body, "feverish") {
		t.Errorf("with what is in force: %+v", d)
	}
	earlier := begin(first.ID)
	if earlier.Version != 6 || strings.Contains(earlier.Body, "feverish") {
		t.Errorf("with an earlier one: %+v", earlier)
	}
	draft, err := office.Draft(w.ctx, earlier.Kind, []byte(earlier.Body))
	must(t, err)
	if d := begin("draft." + draft.ID); d.Body != earlier.Body {
		t.Errorf("with a draft: %+v", d)
	}
	elsewhere, _ := w.officer("420100")
	for _, from := range []string{first.ID, "draft." + draft.ID, "nonsense"} {
		_, err := elsewhere.Begin(w.ctx, from)
		refused(t, err, models.ReasonDraftUnknown)
	}
}

// TestBeginForTheNation: the rules of all are what the nation's officers begin with.
func TestBeginForTheNation(t *testing.T) {
	w := newTown(t, schema.Any(t))
	must(t, w.AddJurisdiction(w.ctx, operator, models.Jurisdiction{Code: "000000", Name: words("nation"), TimeZone: "Asia/Shanghai"}))
	office, _ := w.officer("000000")
	d, err := office.Begin(w.ctx, "")
	must(t, err)
	if d.Jurisdiction != models.Root || d.Version != 2 || !strings.Contains(d.Body, "high_stay") {
		t.Errorf("it begins with %+v", d)
	}
	if list := office.Inherited(); len(list) != 4 || list[0].Kind != models.PublishedRules {
		t.Errorf("the service brings %+v", list)
	}
	below, _ := w.officer("330110")
	if list := below.Inherited(); len(list) != 3 || list[0].Name != "health" {
		t.Errorf("from above there are %+v", list)
	}
}

// TestReady: what the page tells beforehand is what publishing then says.
func TestReady(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		drafter, _ := w.officer("330110")
		colleague, _ := w.officer("330110")
		elsewhere, _ := w.officer("420100")
		draft, err := drafter.Draft(w.ctx, models.PublishedRules, stricter("330110", 1))
		must(t, err)
		w.changesNothing(func() {
			refused(t, drafter.Ready(w.ctx, draft.ID), models.ReasonDraftOwn)
			refused(t, colleague.Ready(w.ctx, draft.ID), models.ReasonDraftUntried)
			refused(t, elsewhere.Ready(w.ctx, draft.ID), models.ReasonDraftUnknown)
			refused(t, colleague.Ready(w.ctx, w.ulid()), models.ReasonDraftUnknown)
		})
		w.work()
		must(t, colleague.Ready(w.ctx, draft.ID))
		if before := colleague.Before(draft); before != "" {
			t.Errorf("nothing is in force, and it follows\n%s", before)
		}
		w.clock.Advance(time.Second)
		w.enact("330000", gone("330000", 1))
		refused(t, colleague.Ready(w.ctx, draft.ID), models.ReasonDraftOvertaken)
		w.clock.Advance(time.Second)
		must(t, drafter.Try(w.ctx, draft.ID))
		w.work()
		must(t, colleague.Ready(w.ctx, draft.ID))
		_, err = colleague.Publish(w.ctx, draft.ID)
		must(t, err)
		refused(t, colleague.Ready(w.ctx, draft.ID), models.ReasonDraftClosed)
		if before := colleague.Before(draft); before != draft.Body {
			t.Errorf("in force is\n%s", before)
		}
	})
}
