package web

import (
	"fmt"
	"strings"
	"testing"

	"healthcode/models"
)

// peering is a table of the district by which Anhui's codes count, in that mode.
func peering(t *testing.T, mode string, pairs ...string) *models.Peering {
	t.Helper()
	ways := map[string]string{"share": "url: https://a.example.cn\n", "adopt": "url: https://a.example.cn\nopen: https://code.example.cn/\n", "dock": "through: \"000000\"\n"}
	file := fmt.Sprintf("id: a\nversion: 1\nplace: \"330110\"\npeer: \"340000\"\nmode: %s\nname: {zh: 安徽健康码, en: Code of Anhui}\n%s", mode, ways[mode])
	if ways[mode] != "" {
		file += "pins: [" + strings.Repeat("a", 64) + "]\n"
	}
	if mode != "none" {
		file += "colours:\n  - {is: 00, colour: green}\n  - {is: 01, colour: yellow}\npasses:\n  - {is: green, colour: green}\nreasons:\n" +
			"  - {is: contact, text: {zh: 接触过病例, en: met a case}, colour: yellow, unless: {test: pcr, within: 48h, colour: green}}\n" +
			"  - {is: moved, text: {zh: 来自外地, en: came from afar}}\ntests:\n  - {is: nat_neg, counts: pcr}\n"
	}
	p, err := models.ParsePeering([]byte(strings.NewReplacer(pairs...).Replace(file)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestDraftOfPeering: what a table would change is told in words, for the first, for one
// that follows, for one that ends and for one beside that of a place above.
func TestDraftOfPeering(t *testing.T) {
	t.Parallel()
	share, none := peering(t, "share"), peering(t, "none")
	letters := strings.Repeat("b", 64)
	other := peering(t, "share", "{is: 01, colour: yellow}", "{is: 01, colour: red}\n  - {is: 02, colour: grey}", strings.Repeat("a", 64), letters, "48h", "24h", "nat_neg", "antigen", "来自外地", "来自远方",
		"{is: green, colour: green}", "{is: green, colour: yellow}")
	above := *share
	above.Place = "420100"
	for _, c := range []struct {
		name         string
		of           Peerings
		wants, lacks []string
	}{
		{"the first", Peerings{Drafted: share}, []string{`class="better"`, "00", share.Pins[0], "nat_neg"}, []string{`class="worse"`, `class="stays"`}},
		{"the same", Peerings{share, share, share}, []string{share.Pins[0]}, []string{"<table", `class="note"`}},
		{"another", Peerings{other, share, share}, []string{`<tr class="worse"><th scope="row"><span class="mono">01</span></th>`, letters, share.Pins[0], "antigen", "#shape-red"}, nil},
		{"the end", Peerings{none, share, share}, []string{`class="worse"`, share.Pins[0]}, []string{`class="better"`}},
		{"anew", Peerings{share, none, none}, []string{`class="better"`}, []string{`class="worse"`}},
		{"docked", Peerings{peering(t, "dock"), share, share}, []string{"000000"}, []string{`id="preview" hidden`}},
		{"adopted", Peerings{peering(t, "adopt"), share, share}, []string{"https://code.example.cn/"}, nil},
		{"local", Peerings{peering(t, "local"), share, share}, []string{share.Pins[0]}, nil},
		{"beside one above", Peerings{share, nil, &above}, []string{share.Pins[0]}, []string{`class="worse"`}},
	} {
		d := Drafted{Draft: models.Draft{ID: "D", Kind: models.PublishedPeering, Jurisdiction: "330110", Name: "340000", Version: 2, Body: "id: a\n", At: queueNoon},
			InForce: "x", Places: places, Peerings: c.of}
		holds(t, c.name, func(p Page) Framed { return NewDraftPage(p, officer, d) }, append(c.wants, "340000@2", `id="preview"`, `id="trust"`, `data-path="/v1/drafts/D/publication"`),
			append(c.lacks, `id="trial"`, `/trial"`))
	}
	html := rendered(t, NewDraftPage(page("en"), officer, Drafted{Draft: models.Draft{Kind: models.PublishedPeering, Name: "340000", Version: 2, Jurisdiction: "330110"}, Places: places,
		InForce: "x", Peerings: Peerings{other, nil, &above}}))
	for _, want := range []string{"Recognition (Anhui) of Yuhang, draft of 340000@2", "They go by the table of Wuhan now.", "Drafted by the operator", "because: met a case (contact)",
		"with nat_neg of at most 48 hours", "Compare the fingerprint", "Cases that become worse: 4; better: 2."} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestRecognitionPage: everybody reads every table in words, in every mode.
func TestRecognitionPage(t *testing.T) {
	t.Parallel()
	holds(t, "nobody", func(p Page) Framed { return NewRecognitionPage(p, nil, places) }, []string{`href="/v1/peer/mappings"`}, []string{"<section"})
	for mode, want := range map[string]string{"share": "colour-yellow", "dock": "colour-green", "adopt": `href="https://code.example.cn/"`, "local": "PCR"} {
		m := Mapping{Peering: peering(t, mode), Drafted: "Officer A", Published: "Officer B", At: queueNoon}
		holds(t, mode, func(p Page) Framed { return NewRecognitionPage(p, []Mapping{m}, places) },
			[]string{want, `id="at330110-340000"`, "Officer A", "Officer B", `<strong class="mono">01</strong>`, m.Hash}, nil)
	}
	added := Mapping{Peering: peering(t, "dock"), At: queueNoon}
	html := rendered(t, NewRecognitionPage(page("en"), []Mapping{added}, places))
	for _, want := range []string{"Code of Anhui", "At gates of Yuhang and below.", "asked through China", "met a case: Yellow; with a negative PCR of the last 48 hours: Green",
		"came from afar: as the colour that they give", "Added by the operator"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
