package models

import (
	"strings"
	"testing"
	"time"
)

func dose(product string, n int, date string) Vaccination {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return Vaccination{Product: product, Dose: n, Date: day, Batch: "B1", Site: "Clinic"}
}

func TestCourseOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		doses []Vaccination
		since string // "" when not complete
	}{
		{"none", nil, ""},
		{"one of two", []Vaccination{dose("sinovac", 1, "2021-04-01")}, ""},
		{"two of two", []Vaccination{dose("sinovac", 1, "2021-04-01"), dose("sinovac", 2, "2021-05-01")}, "2021-05-01"},
		{"in any order", []Vaccination{dose("sinovac", 2, "2021-05-01"), dose("sinovac", 1, "2021-04-01")}, "2021-05-01"},
		{"two makers of one group", []Vaccination{dose("sinovac", 1, "2021-04-01"), dose("sinopharm-wuhan", 2, "2021-05-01")}, "2021-05-01"},
		{"a booster moves nothing", []Vaccination{dose("sinovac", 1, "2021-04-01"), dose("sinovac", 2, "2021-05-01"),
			dose("sinovac", 3, "2021-12-01"), dose("cansino", 4, "2022-06-01")}, "2021-05-01"},
		{"one of one", []Vaccination{dose("cansino", 1, "2021-04-01")}, "2021-04-01"},
		{"two of three", []Vaccination{dose("zhifei", 1, "2021-04-01"), dose("zhifei", 2, "2021-05-01")}, ""},
		{"three of three", []Vaccination{dose("zhifei", 1, "2021-04-01"), dose("zhifei", 2, "2021-05-01"), dose("zhifei", 3, "2021-06-01")}, "2021-06-01"},
		{"groups do not add up", []Vaccination{dose("sinovac", 1, "2021-04-01"), dose("zhifei", 2, "2021-05-01")}, ""},
		{"another group completes alone", []Vaccination{dose("sinovac", 1, "2021-04-01"), dose("cansino", 2, "2021-05-01")}, "2021-05-01"},
		{"what is not known completes nothing", []Vaccination{dose("tea", 1, "2021-04-01"), dose("tea", 2, "2021-05-01")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before := len(c.doses)
			course := CourseOf(c.doses)
			got := ""
			if course.Complete {
				got = course.Since.Format(time.DateOnly)
			}
			if got != c.since || course.Complete == course.Since.IsZero() {
				t.Errorf("complete since %q, want %q", got, c.since)
			}
			if len(course.Doses) != before {
				t.Errorf("%d doses, want %d", len(course.Doses), before)
			}
			for i := 1; i < len(course.Doses); i++ {
				if course.Doses[i].Date.Before(course.Doses[i-1].Date) {
					t.Error("the doses are not by date")
				}
			}
		})
	}
}

func TestCourseOfLeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	doses := []Vaccination{dose("sinovac", 2, "2021-05-01"), dose("sinovac", 1, "2021-04-01")}
	CourseOf(doses)
	if doses[0].Dose != 2 {
		t.Error("the caller's doses were sorted")
	}
}

func TestProducts(t *testing.T) {
	t.Parallel()
	seen, needs := map[string]bool{}, map[string]int{}
	for _, p := range Products() {
		if p.Key == "" || p.Group == "" || p.Doses < 1 || p.Name.Missing() != "" || p.Maker.Missing() != "" {
			t.Errorf("%+v is not complete", p)
		}
		if seen[p.Key] {
			t.Errorf("%s stands twice", p.Key)
		}
		seen[p.Key] = true
		if n, known := needs[p.Group]; known && n != p.Doses {
			t.Errorf("products of %s need %d doses and %d", p.Group, n, p.Doses)
		}
		needs[p.Group] = p.Doses
		if found, ok := ProductOf(p.Key); !ok || found.Key != p.Key {
			t.Errorf("%s is not found", p.Key)
		}
	}
	if len(seen) == 0 {
		t.Error("there is no product")
	}
	if _, ok := ProductOf(""); ok {
		t.Error("a product without a key is found")
	}
	Products()[0].Key = "changed"
	if Products()[0].Key == "changed" {
		t.Error("a caller can change the products")
	}
}

func TestVaccinationCheck(t *testing.T) {
	t.Parallel()
	good := dose("sinovac", 1, "2021-04-01")
	for _, c := range []struct {
		name   string
		change func(*Vaccination)
		want   string
	}{
		{"good", func(*Vaccination) {}, ""},
		{"product", func(v *Vaccination) { v.Product = "tea" }, "record.product on product"},
		{"dose 0", func(v *Vaccination) { v.Dose = 0 }, "record.dose on dose"},
		{"dose 9", func(v *Vaccination) { v.Dose = 9 }, ""},
		{"dose 10", func(v *Vaccination) { v.Dose = 10 }, "record.dose on dose"},
		{"first day", func(v *Vaccination) { v.Date = firstVaccination }, ""},
		{"before the first day", func(v *Vaccination) { v.Date = firstVaccination.AddDate(0, 0, -1) }, "record.date on date"},
		{"now", func(v *Vaccination) { v.Date = today }, ""},
		{"tomorrow", func(v *Vaccination) { v.Date = today.AddDate(0, 0, 1) }, "record.date on date"},
		{"no batch", func(v *Vaccination) { v.Batch = "" }, "request.missing_field on batch"},
		{"no site", func(v *Vaccination) { v.Site = "" }, "request.missing_field on site"},
		{"a line feed", func(v *Vaccination) { v.Site = "a\nb" }, "request.bad_value on site"},
		{"DEL", func(v *Vaccination) { v.Site = "a\x7fb" }, "request.bad_value on site"},
		{"not UTF-8", func(v *Vaccination) { v.Batch = "\xb1\xb1" }, "request.bad_value on batch"},
		{"long", func(v *Vaccination) { v.Batch = strings.Repeat("b", 121) }, "request.bad_value on batch"},
		{"everything", func(v *Vaccination) { *v = Vaccination{} }, "record.product on product; record.dose on dose; record.date on date; request.missing_field on batch; request.missing_field on site"},
	} {
		v := good
		c.change(&v)
		got := ""
		if err := v.Check(today); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTestCheck(t *testing.T) {
	t.Parallel()
	good := Test{ID: "t1", Kind: "pcr", Result: "negative", Sampled: today, Lab: "Lab 1"}
	for _, c := range []struct {
		name   string
		change func(*Test)
		want   string
	}{
		{"good", func(*Test) {}, ""},
		{"antigen, positive", func(x *Test) { x.Kind, x.Result = "antigen", "positive" }, ""},
		{"kind", func(x *Test) { x.Kind = "PCR" }, "request.bad_value on kind"},
		{"result", func(x *Test) { x.Result = "unclear" }, "record.result on result"},
		{"2019", func(x *Test) { x.Sampled = time.Date(2019, 12, 31, 23, 59, 59, 0, time.UTC) }, "record.date on sampled"},
		{"later than now", func(x *Test) { x.Sampled = today.Add(time.Second) }, "record.date on sampled"},
		{"no lab", func(x *Test) { x.Lab = "" }, "request.missing_field on lab"},
	} {
		x := good
		c.change(&x)
		got := ""
		if err := x.Check(today); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if f := good.Fact(); f.Kind != FactTest || f.Code != "pcr" || f.Result != "negative" || !f.At.Equal(today) || f.Source != "test:t1" {
		t.Errorf("as a fact: %+v", f)
	}
}
