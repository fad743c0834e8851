package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"healthcode/models"
)

// findAppeals has the resident object, with a picture, to what they declared, which is
// the community's to answer, and to a decision that rests on an order, which is not.
func (k *knock) findAppeals(t *testing.T) {
	t.Helper()
	me := k.tokens["resident"]
	photo, loose := k.uploads(me), k.uploads(me)
	near := k.opens("worker", appealing("fact", k.symptom(), photo))
	above := k.opens("lead", appealing("decision", k.decisions(me)[0].ID))
	k.clock.Advance(1e9)
	for _, path := range []string{"/v1/reviews/:id/claim", "/console/reviews/:id"} { // the judgement has the claim's
		k.things[path]["an appeal of the community"], k.things[path]["an appeal of the district"] = near, above
	}
	unknown := strings.Repeat("0", 26)
	k.things["/v1/photos/:id"] = map[string]string{"the resident's": loose, "unknown": unknown}
	k.things["/v1/reviews/:id/photos/:photo"] = map[string]string{"of the appeal": near + " " + photo, "of no appeal": near + " " + loose, "unknown": unknown + " " + photo}
}

// opens is the review of an appeal of the resident, at that desk.
func (k *knock) opens(desk string, in any) string {
	k.t.Helper()
	before := k.reviews(k.tokens[desk])
	k.objects(k.tokens["resident"], in).into(k.t, nil)
	after := slices.DeleteFunc(k.reviews(k.tokens[desk]), func(id string) bool { return slices.Contains(before, id) })
	if len(after) != 1 {
		k.t.Fatalf("the %s has %d appeals more, want 1", desk, len(after))
	}
	return after[0]
}

// symptom is the fact that the resident declared one.
func (k *knock) symptom() string {
	k.t.Helper()
	known := must[[]models.Decision](k.t)(k.store.Decisions(k.t.Context(), models.Resident{ID: k.held(k.tokens["resident"])}))
	for _, d := range known {
		for _, r := range d.Reasons {
			if r.Rule == "symptoms" {
				return r.Facts[0]
			}
		}
	}
	k.t.Fatal("the resident declared no symptom")
	return ""
}
