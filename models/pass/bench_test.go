package pass

import (
	"crypto/ecdsa"
	"crypto/rand"
	"testing"
	"time"
)

// Each benchmark runs the bare signature beside it, and reports how many of those
// it takes: the machine drops out of the figure.

func BenchmarkMint(b *testing.B) {
	for name, life := range map[string]time.Duration{"4h": MaxLife, "1h": time.Hour} {
		b.Run(name, func(b *testing.B) {
			s := signer(b, 7)
			g, _ := mint(b, s, input(life))
			digest := g.digest()
			for range b.N {
				if _, err := ecdsa.SignASN1(rand.Reader, s.Key, digest[:]); err != nil {
					b.Fatal(err)
				}
			}
			bare := b.Elapsed()
			b.ResetTimer()
			for range b.N {
				mint(b, s, input(life))
			}
			b.ReportMetric(float64(b.Elapsed())/float64(bare), "signatures")
		})
	}
}

func BenchmarkShow(b *testing.B) {
	g, seed := mint(b, signer(b, 7), input(MaxLife))
	for b.Loop() {
		show(b, g, seed, start.Add(MaxLife/2))
	}
}

func BenchmarkOpen(b *testing.B) {
	for name, age := range map[string]time.Duration{"first": 0, "middle": MaxLife / 2, "last": MaxLife - 1} {
		b.Run(name, func(b *testing.B) {
			s := signer(b, 7)
			v := trusting(s)
			g, seed := mint(b, s, input(MaxLife))
			now := start.Add(age)
			p := show(b, g, seed, now)
			digest := g.digest()
			der, err := ecdsa.SignASN1(rand.Reader, s.Key, digest[:])
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for range b.N {
				if !ecdsa.VerifyASN1(&s.Key.PublicKey, digest[:], der) {
					b.Fatal("does not verify")
				}
			}
			bare := b.Elapsed()
			b.ResetTimer()
			for range b.N {
				if _, err := v.Open(p, now); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(bare), "verifications")
		})
	}
}

func BenchmarkText(b *testing.B) {
	p := Pass{}
	for b.Loop() {
		if _, err := Parse(p.Text(prefix)); err != nil {
			b.Fatal(err)
		}
	}
}
