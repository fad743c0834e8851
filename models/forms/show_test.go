package forms

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

func TestShow(t *testing.T) {
	t.Parallel()
	a, err := form("health").Check([]byte(well("symptoms", `["chest","other"]`, "note", `"咳<b>"`)), today, places)
	if err != nil {
		t.Fatal(err)
	}
	want := []Shown{
		{Field: "temperature", Label: "Today's temperature", Value: "36.5 °C"},
		{Field: "symptoms", Label: "Do you have any of these symptoms now", Value: "Palpitations or tightness of the chest; Other symptoms"},
		{Field: "contact", Label: "Have you met a confirmed case within the last 14 days", Value: "No"},
		{Field: "residence", Label: "Where you have been living", Value: "In this province for more than 3 months"},
		{Field: "note", Label: "Anything else", Value: "咳<b>"},
	}
	if diff := cmp.Diff(want, form("health").Show(a.Canonical(), models.English)); diff != "" {
		t.Error(diff)
	}
	if got := form("health").Show(a.Canonical(), models.Chinese)[1]; got.Value != "心慌、胸闷、其他症状" || got.Label != "您目前有以下症状吗" {
		t.Errorf("in Chinese: %+v", got)
	}
}

func TestShowPlaces(t *testing.T) {
	t.Parallel()
	f := mustLoad(t, small)
	a, err := f.Check([]byte(`{"place":"330106","day":"2021-02-27","stays":[{"place":"110105","from":"2021-02-28","to":"2021-03-01"},{"place":"330106","from":"2021-02-27","to":"2021-02-27"}]}`), today, places)
	if err != nil {
		t.Fatal(err)
	}
	want := []Shown{
		{Field: "day", Label: "Day", Value: "2021-02-27"},
		{Field: "place", Label: "Place", Value: "330106", Place: "330106"},
		{Field: "stays", Label: "Stays", Value: "110105 2021-02-28 – 2021-03-01; 330106 2021-02-27 – 2021-02-27", Stays: a.Stays()},
	}
	if diff := cmp.Diff(want, f.Show(a.Canonical(), models.English)); diff != "" {
		t.Error(diff)
	}
}

// TestShowOldAnswers: a form may have changed since; nothing is hidden.
func TestShowOldAnswers(t *testing.T) {
	t.Parallel()
	want := []Shown{
		{Field: "temperature", Label: "今日体温", Value: `"warm" °C`},
		{Field: "symptoms", Label: "您目前有以下症状吗", Value: "gone"},
		{Field: "contact", Label: "近14天内是否接触过确诊病例", Value: "perhaps"},
		{Field: "residence", Label: "居住情况", Value: `["a"]`},
		{Field: "height", Label: "height", Value: "180"},
	}
	got := form("health").Show([]byte(`{"height":180,"temperature":"warm","symptoms":["gone"],"contact":"perhaps","residence":["a"]}`), models.Chinese)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := form("itinerary").Show([]byte(`{"stays":[{"place":1}]}`), models.Chinese); len(got) != 1 || got[0].Value != `[{"place":1}]` {
		t.Errorf("stays: %+v", got)
	}
	if got := form("health").Show([]byte(`no JSON`), models.Chinese); got != nil {
		t.Errorf("nonsense: %+v", got)
	}
}

func TestPosted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, form string
		values     map[string][]string
		want       string
	}{
		{"health", "health", map[string][]string{"temperature": {"36.5"}, "symptoms": {"chest", "other"}, "contact": {"no"}, "residence": {""}, "note": {" a "}, "csrf": {"x"}},
			`{"contact":"no","note":"a","symptoms":["chest","other"],"temperature":36.5}`},
		{"not a number", "health", map[string][]string{"temperature": {"36,5"}}, `{"temperature":"36,5"}`},
		{"stays", "itinerary", map[string][]string{"travelled": {"yes"}, "stays.0.place": {"330106"}, "stays.0.from": {"2021-02-26"}, "stays.0.to": {"2021-02-27"},
			"stays.1.place": {""}, "stays.2.place": {"110105"}},
			`{"stays":[{"from":"2021-02-26","place":"330106","to":"2021-02-27"},{"place":"110105"}],"travelled":"yes"}`},
		{"hidden", "itinerary", map[string][]string{"travelled": {"no"}, "stays.0.place": {"330106"}}, `{"travelled":"no"}`},
		{"no stays", "itinerary", map[string][]string{"travelled": {"yes"}}, `{"travelled":"yes"}`},
		{"nothing", "itinerary", nil, `{}`},
	} {
		if got := string(form(c.form).Posted(c.values)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestPostedTooMany: what is too much is for Check to refuse, and is not dropped.
func TestPostedTooMany(t *testing.T) {
	t.Parallel()
	values := map[string][]string{"travelled": {"yes"}}
	for i := range 21 {
		for key, v := range map[string]string{"place": "330106", "from": "2021-02-26", "to": "2021-02-26"} {
			values[fmt.Sprintf("stays.%d.%s", i, key)] = []string{v}
		}
	}
	f := form("itinerary")
	_, err := f.Check(f.Posted(values), today, places)
	if got := problems(t, err); got != "stays answer.too_many" {
		t.Errorf("problems %s", got)
	}
}
