package rules

import (
	"fmt"
	"testing"
	"time"

	"healthcode/models"
)

// people are the benchmarks' residents. Most are well and have three facts; the
// typical one of a bad week has five, one of them a symptom that a test has cleared.
func people(t testing.TB) map[string][]models.Fact {
	return map[string][]models.Fact{
		"typical": parse(t, base+"vaccination/any@-100d symptom/fever@-2d test/pcr/negative@-1d"),
		"well":    parse(t, base+"vaccination/any@-100d"),
		"yellow":  parse(t, base+"vaccination/any@-100d contact/yes@-2d test/pcr/negative@-1d"),
		"red":     parse(t, base+"symptom/fever@-1d contact/yes@-1d stay/high@-2d exposure/scanned@-1d"),
	}
}

// BenchmarkDecide is one decision with its until. The target for who is well, and
// for the typical resident, is 20 µs.
func BenchmarkDecide(b *testing.B) {
	for _, name := range []string{"typical", "well", "yellow", "red"} {
		facts := people(b)[name]
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				standby.Decide(facts, now)
			}
		})
	}
}

// BenchmarkDecideMany is somebody who declared and was tested daily for months.
func BenchmarkDecideMany(b *testing.B) {
	for _, days := range []int{50, 300} {
		facts := parse(b, "verified@-300d contact/yes@-2d")
		for i := range days {
			at := now.Add(-time.Duration(i) * day)
			facts = append(facts, models.Fact{ID: fmt.Sprint("d", i), Kind: models.FactDeclaration, Code: "health", At: at},
				models.Fact{ID: fmt.Sprint("t", i), Kind: models.FactTest, Code: "pcr", Result: "negative", At: at})
		}
		b.Run(fmt.Sprint(len(facts)), func(b *testing.B) {
			for b.Loop() {
				standby.Decide(facts, now)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(defaultFile); err != nil {
			b.Fatal(err)
		}
	}
}
