package pass

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"healthcode/models"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	g, seed := mint(t, s, input(time.Hour))
	p := show(t, g, seed, start.Add(12*time.Second))
	want := Opened{
		KeyID: 7, Jurisdiction: "330110", Handle: Handle{1, 2, 3, 4, 5, 6, 7, 8}, Colour: models.Green,
		NotBefore: start, Expires: start.Add(time.Hour), Slot: 2, ShownAt: start.Add(10 * time.Second), Age: 3 * time.Second,
	}
	got, err := trusting(s).Open(p, start.Add(13*time.Second))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	want.Age = 26 * time.Hour
	got, err = trusting(s).OpenAt(p, want.ShownAt.Add(want.Age))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("offline: %v %s", err, diff)
	}
}

// TestEveryBit flips each of the 936 bits of a pass that opens.
func TestEveryBit(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	v := trusting(s)
	g, seed := mint(t, s, input(10*time.Minute))
	now := start.Add(301 * time.Second)
	p := show(t, g, seed, now)
	if _, err := v.Open(p, now); err != nil {
		t.Fatal(err)
	}
	for bit := range Size * 8 {
		bad := p
		bad[bit/8] ^= 0x80 >> (bit % 8)
		want := models.ReasonPassAltered
		if bit < 4 || bit/8 == atKeyID {
			want = models.ReasonPassForeign
		}
		got, err := v.Open(bad, now)
		if reason(t, err) != want || got != (Opened{}) {
			t.Errorf("bit %d: %v, not %s", bit, err, want)
		}
		if _, err := v.OpenAt(bad, now); reason(t, err) != want {
			t.Errorf("bit %d, offline: %v, not %s", bit, err, want)
		}
	}
}

func TestSecondSpellingOfSignature(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	g, seed := mint(t, s, input(time.Hour))
	p := show(t, g, seed, start)
	sBytes := p[atSignature+32 : atSlot]
	low := new(big.Int).SetBytes(sBytes)
	new(big.Int).Sub(elliptic.P256().Params().N, low).FillBytes(sBytes)

	bad := p.Grant()
	digest := bad.digest()
	r, high := new(big.Int).SetBytes(bad[35:67]), new(big.Int).SetBytes(bad[67:99])
	if !ecdsa.Verify(&s.Key.PublicKey, digest[:], r, high) {
		t.Fatal("n-s is no valid signature, so this test proves nothing")
	}
	if _, err := trusting(s).Open(p, start); reason(t, err) != models.ReasonPassAltered {
		t.Errorf("n-s: %v", err)
	}
}

// TestEdges asks at the last nanosecond before each border, and on it.
func TestEdges(t *testing.T) {
	t.Parallel()
	const tick = time.Nanosecond
	s := signer(t, 7)
	g, seed := mint(t, s, input(62*time.Second))
	for _, c := range []struct {
		shown, read time.Duration
		online      models.Reason
		offline     models.Reason
	}{
		{0, -5*time.Second - tick, models.ReasonPassEarly, models.ReasonPassEarly},
		{0, -5 * time.Second, "", ""},
		{0, 0, "", ""},
		{0, 15*time.Second - tick, "", ""},
		{0, 15 * time.Second, models.ReasonPassStale, ""},
		{5*time.Second - tick, 15 * time.Second, models.ReasonPassStale, ""},
		{5 * time.Second, 15 * time.Second, "", ""},
		{12 * time.Second, 5*time.Second - tick, models.ReasonPassEarly, models.ReasonPassEarly},
		{12 * time.Second, 5 * time.Second, "", ""},
		{12 * time.Second, 25*time.Second - tick, "", ""},
		{12 * time.Second, 25 * time.Second, models.ReasonPassStale, ""},
		{61 * time.Second, 62*time.Second - tick, "", ""},
		{61 * time.Second, 62 * time.Second, models.ReasonPassExpired, ""},
		{0, 62*time.Second - tick, models.ReasonPassStale, ""},
		{0, 62 * time.Second, models.ReasonPassExpired, ""},
		{0, 400 * 24 * time.Hour, models.ReasonPassExpired, ""},
	} {
		p := show(t, g, seed, start.Add(c.shown))
		if _, err := trusting(s).Open(p, start.Add(c.read)); reason(t, err) != c.online {
			t.Errorf("shown at %v, read at %v: %v, not %q", c.shown, c.read, err, c.online)
		}
		if _, err := trusting(s).OpenAt(p, start.Add(c.read)); reason(t, err) != c.offline {
			t.Errorf("shown at %v, handed in at %v: %v, not %q", c.shown, c.read, err, c.offline)
		}
	}
}

// TestPhotograph follows one pass through the slots after its own.
func TestPhotograph(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	g, seed := mint(t, s, input(time.Hour))
	p := show(t, g, seed, start.Add(100*Slot))
	for later, want := range []models.Reason{"", "", "", models.ReasonPassStale, models.ReasonPassStale} {
		now := start.Add(time.Duration(100+later) * Slot)
		if _, err := trusting(s).Open(p, now); reason(t, err) != want {
			t.Errorf("%d slots later: %v, not %q", later, err, want)
		}
	}
}

// TestNextSlotCannotBeMade tries everything that a photograph has to offer.
func TestNextSlotCannotBeMade(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	g, seed := mint(t, s, input(time.Hour))
	now := start.Add(100 * Slot)
	p := show(t, g, seed, now)
	for name, value := range map[string]link{
		"the same value": p.value(),
		"hashed once":    g.Handle().walk(p.value(), 1),
		"hashed twice":   g.Handle().walk(p.value(), 2),
		"nothing":        {},
		"the tip":        link(g[atTip:atSignature]),
	} {
		for _, slot := range []int{101, 102, g.Slots() - 1, g.Slots(), 1<<16 - 1} {
			if _, err := trusting(s).OpenAt(join(g, slot, value), start.Add(48*time.Hour)); reason(t, err) != models.ReasonPassAltered {
				t.Errorf("%s in slot %d: %v", name, slot, err)
			}
		}
	}
	if next := show(t, g, seed, now.Add(Slot)); next.value() == p.value() {
		t.Error("two slots show the same value")
	}
}

// TestEarlierSlotCanBeMade states a limit that docs/pass.md owns up to: who saw a
// pass can make those of the slots before it, which are stale but were never shown.
func TestEarlierSlotCanBeMade(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	g, seed := mint(t, s, input(time.Hour))
	now := start.Add(100 * Slot)
	p := show(t, g, seed, now)
	earlier := join(g, 40, g.Handle().walk(p.value(), 60))
	o, err := trusting(s).OpenAt(earlier, now)
	if err != nil || !o.ShownAt.Equal(start.Add(40*Slot)) {
		t.Errorf("%v %v", o.ShownAt, err)
	}
	if _, err := trusting(s).Open(earlier, now); reason(t, err) != models.ReasonPassStale {
		t.Errorf("shown now: %v", err)
	}
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	old, next := signer(t, 1), signer(t, 2)
	passes := map[byte]Pass{}
	for _, s := range []Signer{old, next} {
		g, seed := mint(t, s, input(time.Hour))
		passes[s.KeyID] = show(t, g, seed, start)
	}
	liar := next
	liar.KeyID = 1
	g, seed := mint(t, liar, input(time.Hour))
	passes[0] = show(t, g, seed, start)

	both, one := trusting(old, next), trusting(next)
	for _, c := range []struct {
		name string
		v    Verifier
		pass byte
		want models.Reason
	}{
		{"old key while both hold", both, 1, ""},
		{"new key while both hold", both, 2, ""},
		{"old key after it went", one, 1, models.ReasonPassForeign},
		{"new key after the old went", one, 2, ""},
		{"new key under the old id", both, 0, models.ReasonPassAltered},
		{"no keys at all", Verifier{}, 1, models.ReasonPassForeign},
	} {
		if _, err := c.v.Open(passes[c.pass], start); reason(t, err) != c.want {
			t.Errorf("%s: %v, not %q", c.name, err, c.want)
		}
	}
}

func TestUnusableKeyIsOurFault(t *testing.T) {
	t.Parallel()
	g, seed := mint(t, signer(t, 7), input(time.Hour))
	wide, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []*ecdsa.PublicKey{nil, &wide.PublicKey} {
		_, err := Verifier{Keys: map[byte]*ecdsa.PublicKey{7: key}}.Open(show(t, g, seed, start), start)
		if p := new(models.Problem); err == nil || errors.As(err, &p) {
			t.Errorf("%v", err)
		}
	}
}

// TestSignedNonsense signs heads that Mint refuses, as a faulty signer might.
func TestSignedNonsense(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	for name, spoil := range map[string]func(*Grant){
		"colour 0":             func(g *Grant) { g[0] = Version << 4 },
		"colour 5":             func(g *Grant) { g[0] = Version<<4 | 5 },
		"no life":              func(g *Grant) { binary.BigEndian.PutUint16(g[atLifetime:], 0) },
		"a second too long":    func(g *Grant) { binary.BigEndian.PutUint16(g[atLifetime:], 14401) },
		"seven-digit division": func(g *Grant) { copy(g[atJurisdiction:], []byte{0x0f, 0x42, 0x40}) },
	} {
		g, seed := mint(t, s, input(time.Hour))
		spoil(&g)
		if err := s.sign(&g); err != nil {
			t.Fatal(err)
		}
		p := join(g, 0, link(seed))
		if _, err := trusting(s).Open(p, start); reason(t, err) != models.ReasonPassMalformed {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := seed.Show(g, start); reason(t, err) != models.ReasonPassMalformed {
			t.Errorf("%s, shown: %v", name, err)
		}
	}
}

// TestChainLongerThanLife signs a tip that is one slot too far, as a faulty signer
// might: the slot after the last is refused although its value is right.
func TestChainLongerThanLife(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	g, seed := mint(t, s, input(time.Minute))
	tip := g.Handle().walk(link(seed), g.Slots()+1)
	copy(g[atTip:], tip[:])
	if err := s.sign(&g); err != nil {
		t.Fatal(err)
	}
	for slot, want := range map[int]models.Reason{11: "", 12: models.ReasonPassAltered} {
		p := join(g, slot, g.Handle().walk(link(seed), 12-slot))
		if _, err := trusting(s).OpenAt(p, start.Add(time.Hour)); reason(t, err) != want {
			t.Errorf("slot %d of 12: %v, not %q", slot, err, want)
		}
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	g, seed := mint(t, signer(t, 7), input(62*time.Second))
	for at, slot := range map[time.Duration]int{
		-time.Hour: 0, 0: 0, 5*time.Second - 1: 0, 5 * time.Second: 1, 60 * time.Second: 12, 62*time.Second - 1: 12,
	} {
		if p := show(t, g, seed, start.Add(at)); p.slot() != slot || p.Grant() != g {
			t.Errorf("at %v: slot %d, not %d", at, p.slot(), slot)
		}
	}
	if _, err := seed.Show(g, start.Add(62*time.Second)); reason(t, err) != models.ReasonPassExpired {
		t.Errorf("at expiry: %v", err)
	}
}

// TestMintShowOpen is the whole way, for any grant and any instant of its life.
func TestMintShowOpen(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	rapid.Check(t, func(r *rapid.T) {
		in := GrantInput{
			Jurisdiction: rapid.StringMatching(`[0-9]{6}`).Draw(r, "jurisdiction"),
			Colour:       rapid.SampledFrom([]models.Colour{models.Green, models.Grey, models.Yellow, models.Red}).Draw(r, "colour"),
			NotBefore:    time.Unix(rapid.Int64Range(0, 1<<32-1-14400).Draw(r, "start"), 0).UTC(),
			Lifetime:     time.Duration(rapid.IntRange(1, 14400).Draw(r, "life")) * time.Second,
			Handle:       Handle(binary.BigEndian.AppendUint64(nil, rapid.Uint64Min(1).Draw(r, "handle"))),
		}
		g, seed := mint(t, s, in)
		now := in.NotBefore.Add(time.Duration(rapid.Int64Range(0, int64(in.Lifetime)-1).Draw(r, "age")))
		p, err := Parse(show(t, g, seed, now).Text(prefix))
		if err != nil {
			r.Fatal(err)
		}
		o, err := trusting(s).Open(p, now)
		if err != nil {
			r.Fatal(err)
		}
		back := GrantInput{Jurisdiction: o.Jurisdiction, Handle: o.Handle, Colour: o.Colour,
			NotBefore: o.NotBefore, Lifetime: o.Expires.Sub(o.NotBefore)}
		if diff := cmp.Diff(in, back); diff != "" || o.Age < 0 || o.Age >= Slot {
			r.Fatalf("age %v %s", o.Age, diff)
		}
	})
}

// FuzzOpen feeds any bytes at any time. Only one grant was ever signed, so whatever
// opens must be one of its passes, bit for bit.
func FuzzOpen(f *testing.F) {
	s := signer(f, 7)
	v := trusting(s)
	g, seed := mint(f, s, input(10*time.Minute))
	p := show(f, g, seed, start.Add(42*time.Second))
	f.Add(p[:], int64(42))
	f.Add(p[:], int64(-9e15))
	f.Add(p[:GrantSize], int64(0))
	f.Add([]byte{}, int64(0))
	f.Fuzz(func(t *testing.T, raw []byte, seconds int64) {
		var p Pass
		copy(p[:], raw)
		now := time.Unix(start.Unix()+seconds, 0)
		fresh, err := v.Open(p, now)
		if r := reason(t, err); err != nil && r.Kind() == models.Internal {
			t.Fatalf("unlisted reason %q", r)
		}
		kept, keptErr := v.OpenAt(p, now)
		if err == nil && (keptErr != nil || kept != fresh) {
			t.Fatalf("opens when fresh, not when kept: %v", keptErr)
		}
		if keptErr != nil {
			return
		}
		if want := show(t, g, seed, kept.ShownAt); p != want {
			t.Fatalf("a pass opened that was never made: %x", p)
		}
	})
}
