package web

import (
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/models/forms"
)

func TestOnBehalfPage(t *testing.T) {
	t.Parallel()
	in := Behalf{Places: places, Communities: []models.Community{{ID: "c1", Jurisdiction: "330110", Name: community.Name}},
		Forms: map[string][]*forms.Form{"330110": nil}, Today: "2022-03-14", Since: "2022-02-28"}
	for _, file := range forms.Default() {
		in.Forms["330110"] = append(in.Forms["330110"], file.Form())
	}
	make := func(p Page) Framed { return NewOnBehalfPage(p, worker, in) }
	holds(t, "on behalf", make, []string{`data-action="/v1/on-behalf/residents"`, `<template id="draw-health-330110">`, `data-declare="itinerary"`,
		`data-in="330110"`, `<optgroup label="`, `<option value="c1">`, `id="found" tabindex="-1" aria-labelledby="found-title" hidden`, "Worker 3", `max="2022-03-14"`},
		[]string{`<optgroup label="武汉市"`, " checked>", `method="`})
	open := rendered(t, make(page("en")))
	before, _, _ := strings.Cut(open, "<template")
	if strings.Contains(before, `name="temperature"`) || strings.Contains(before, `name="evidence"`) {
		t.Error("a form stands on the page before it is known whom it is about")
	}
}
