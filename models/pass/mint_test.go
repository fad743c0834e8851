package pass

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"
	"time"

	"healthcode/models"
)

func TestMintSaysWhatItWasTold(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	for _, c := range []struct {
		life  time.Duration
		slots int
	}{
		{time.Second, 1}, {5 * time.Second, 1}, {6 * time.Second, 2}, {62 * time.Second, 13}, {MaxLife, 2880},
	} {
		in := input(c.life)
		in.Colour, in.Jurisdiction = models.Yellow, "010000"
		g, _ := mint(t, s, in)
		if g.Colour() != models.Yellow || g.Jurisdiction() != "010000" || g.Handle() != in.Handle || g.KeyID() != 7 ||
			!g.NotBefore().Equal(start) || !g.Expires().Equal(start.Add(c.life)) || g.Slots() != c.slots {
			t.Errorf("%v: %v %v %v %v %v", c.life, g.Colour(), g.Jurisdiction(), g.NotBefore(), g.Expires(), g.Slots())
		}
	}
}

func TestMintRoundsDown(t *testing.T) {
	t.Parallel()
	in := input(90*time.Second + 900*time.Millisecond)
	in.NotBefore = start.Add(999 * time.Millisecond)
	g, _ := mint(t, signer(t, 7), in)
	if !g.NotBefore().Equal(start) || !g.Expires().Equal(start.Add(90*time.Second)) {
		t.Errorf("%v to %v", g.NotBefore(), g.Expires())
	}
}

func TestMintIsAFunction(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	g1, seed1 := mint(t, s, input(time.Hour))
	g2, seed2 := mint(t, s, input(time.Hour))
	if g1 != g2 || seed1 != seed2 {
		t.Error("the same input gave other bytes")
	}
	in := input(time.Hour)
	in.Handle[0]++
	if _, seed := mint(t, s, in); seed == seed1 {
		t.Error("another handle gave the same seed")
	}
	other := s
	other.ChainKey = bytes.Repeat([]byte{1}, 32)
	if _, seed := mint(t, other, input(time.Hour)); seed == seed1 {
		t.Error("another chain key gave the same seed")
	}
}

func TestMintRefuses(t *testing.T) {
	t.Parallel()
	wide, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Signer, *GrantInput){
		"no key":               func(s *Signer, _ *GrantInput) { s.Key = nil },
		"key on another curve": func(s *Signer, _ *GrantInput) { s.Key = wide },
		"short chain key":      func(s *Signer, _ *GrantInput) { s.ChainKey = s.ChainKey[:31] },
		"five digits":          func(_ *Signer, in *GrantInput) { in.Jurisdiction = "33011" },
		"a sign":               func(_ *Signer, in *GrantInput) { in.Jurisdiction = "+33011" },
		"seven digits":         func(_ *Signer, in *GrantInput) { in.Jurisdiction = "3301100" },
		"a letter":             func(_ *Signer, in *GrantInput) { in.Jurisdiction = "33011x" },
		"no handle":            func(_ *Signer, in *GrantInput) { in.Handle = Handle{} },
		"no colour":            func(_ *Signer, in *GrantInput) { in.Colour = 0 },
		"a fifth colour":       func(_ *Signer, in *GrantInput) { in.Colour = models.Red + 1 },
		"colour past a nibble": func(_ *Signer, in *GrantInput) { in.Colour = 17 },
		"before 1970":          func(_ *Signer, in *GrantInput) { in.NotBefore = time.Unix(-1, 0) },
		"after 2106":           func(_ *Signer, in *GrantInput) { in.NotBefore = time.Unix(1<<32-14400, 0) },
		"no time":              func(_ *Signer, in *GrantInput) { in.NotBefore = time.Time{} },
		"no life":              func(_ *Signer, in *GrantInput) { in.Lifetime = 0 },
		"less than a second":   func(_ *Signer, in *GrantInput) { in.Lifetime = time.Second - 1 },
		"backwards":            func(_ *Signer, in *GrantInput) { in.Lifetime = -time.Hour },
		"too long":             func(_ *Signer, in *GrantInput) { in.Lifetime = MaxLife + 1 },
	} {
		s, in := signer(t, 7), input(time.Hour)
		change(&s, &in)
		g, seed, err := s.Mint(in)
		if err == nil || g != (Grant{}) || seed != (Seed{}) {
			t.Errorf("%s: %v, and bytes %x", name, err, g)
		}
	}
}

// TestSecretsPrintMasked looks for both secrets in everything that prints.
func TestSecretsPrintMasked(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	_, seed := mint(t, s, input(time.Hour))
	private, err := s.Key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", seed, s, struct{ Seed Seed }{seed})
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("", "seed", seed, "signer", s)
	if err := json.NewEncoder(&out).Encode(seed); err != nil {
		t.Fatal(err)
	}
	printed := strings.ToLower(out.String())
	for name, secret := range map[string][]byte{"seed": seed[:], "key": private, "chain key": s.ChainKey} {
		for _, form := range []string{
			hex.EncodeToString(secret[:8]), strings.Trim(fmt.Sprint(secret[:8]), "[]"), strings.ToLower(seed.Reveal()),
			new(big.Int).SetBytes(secret).String(), fmt.Sprintf("%#v", secret[:4])[7:20],
		} {
			if strings.Contains(printed, form) {
				t.Errorf("the %s is printed as %s", name, form)
			}
		}
	}
	if !strings.Contains(printed, "hidden") || !strings.Contains(printed, "key 7") {
		t.Errorf("the masks are missing: %s", printed)
	}
}

func TestGrantAndSeedTravelAsText(t *testing.T) {
	t.Parallel()
	g, seed := mint(t, signer(t, 7), input(time.Hour))
	g2, err := ParseGrant(g.String())
	if err != nil || g2 != g {
		t.Errorf("grant: %v", err)
	}
	seed2, err := ParseSeed(seed.Reveal())
	if err != nil || seed2 != seed {
		t.Errorf("seed: %v", err)
	}
	for _, bad := range []string{"", "AAAA", g.String() + "A", g.String()[:131] + "=", "+" + g.String()[1:], seed.Reveal()[:21] + "B"} {
		if _, err := ParseGrant(bad); reason(t, err) != models.ReasonPassMalformed {
			t.Errorf("grant %q: %v", bad, err)
		}
		if _, err := ParseSeed(bad); reason(t, err) != models.ReasonPassMalformed {
			t.Errorf("seed %q: %v", bad, err)
		}
	}
}
