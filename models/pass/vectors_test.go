package pass

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

const vectorsFile = "testdata/vectors.json"

// vectors is the file that every implementation of the pass is measured by.
// Times are Unix seconds, bytes are hexadecimal unless they travel as base64url.
type vectors struct {
	Version int             `json:"version"`
	Slot    int             `json:"slot_seconds"`
	Prefix  string          `json:"prefix"`
	Keys    []vectorKey     `json:"keys"`
	Grants  []vectorGrant   `json:"grants"`
	Refused []vectorRefused `json:"refused"`
}

type vectorKey struct {
	ID      byte   `json:"id"`
	Public  string `json:"public"`  // SEC 1, uncompressed
	Private string `json:"private"` // the number d
	Chain   string `json:"chain_key"`
}

type vectorGrant struct {
	Name         string        `json:"name"`
	KeyID        byte          `json:"key_id"`
	Jurisdiction string        `json:"jurisdiction"`
	Handle       string        `json:"handle"`
	Colour       models.Colour `json:"colour"`
	NotBefore    int64         `json:"not_before"`
	Lifetime     int64         `json:"lifetime_seconds"`
	Tip          string        `json:"tip"`
	Seed         string        `json:"seed"`  // base64url
	Grant        string        `json:"grant"` // base64url
	Shown        []vectorShown `json:"shown"`
}

type vectorShown struct {
	At   int64  `json:"at"`
	Slot int    `json:"slot"`
	Pass string `json:"pass"`
	Text string `json:"text"`
}

type vectorRefused struct {
	Name   string        `json:"name"`
	Text   string        `json:"text"`
	At     int64         `json:"at"`
	Reason models.Reason `json:"reason"`
}

func TestVectors(t *testing.T) {
	t.Parallel()
	made := makeVectors(t)
	if *update {
		out, err := json.MarshalIndent(made, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorsFile, append(out, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept := readVectors(t)
	if diff := cmp.Diff(kept, made); diff != "" {
		t.Errorf("the bytes of version 1 have changed:\n%s", diff)
	}
	checkVectors(t, kept)
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	raw, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// checkVectors reads the file as a stranger would: from its texts alone.
func checkVectors(t *testing.T, v vectors) {
	t.Helper()
	verifier := trusting(signer(t, 1), signer(t, 2))
	for _, g := range v.Grants {
		for _, s := range g.Shown {
			p, err := Parse(s.Text)
			if err != nil || hex.EncodeToString(p[:]) != s.Pass {
				t.Errorf("%s at %d: %v", g.Name, s.At, err)
				continue
			}
			o, err := verifier.Open(p, time.Unix(s.At, 0))
			want := Opened{
				KeyID: g.KeyID, Jurisdiction: g.Jurisdiction, Handle: o.Handle, Colour: g.Colour,
				NotBefore: time.Unix(g.NotBefore, 0).UTC(), Expires: time.Unix(g.NotBefore+g.Lifetime, 0).UTC(),
				Slot: s.Slot, ShownAt: time.Unix(g.NotBefore+5*int64(s.Slot), 0).UTC(), Age: o.Age,
			}
			if diff := cmp.Diff(want, o); err != nil || diff != "" || hex.EncodeToString(o.Handle[:]) != g.Handle {
				t.Errorf("%s at %d: %v %s", g.Name, s.At, err, diff)
			}
		}
	}
	for _, r := range v.Refused {
		p, err := Parse(r.Text)
		if err == nil {
			_, err = verifier.Open(p, time.Unix(r.At, 0))
		}
		if reason(t, err) != r.Reason {
			t.Errorf("%s: %v, not %s", r.Name, err, r.Reason)
		}
	}
}

func makeVectors(t *testing.T) vectors {
	t.Helper()
	v := vectors{Version: Version, Slot: int(Slot / time.Second), Prefix: prefix}
	for _, id := range []byte{1, 2} {
		s := signer(t, id)
		public, err1 := s.Key.PublicKey.Bytes()
		private, err2 := s.Key.Bytes()
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		v.Keys = append(v.Keys, vectorKey{id, hex.EncodeToString(public), hex.EncodeToString(private), hex.EncodeToString(s.ChainKey)})
	}
	for _, c := range []struct {
		name  string
		key   byte
		in    GrantInput
		shown []int64 // seconds after the start
	}{
		{"ten minutes, green", 1, GrantInput{"330110", Handle{1, 2, 3, 4, 5, 6, 7, 8}, models.Green, start, 10 * time.Minute}, []int64{0, 4, 5, 299, 595, 599}},
		{"four hours, red", 2, GrantInput{"999999", Handle{255, 254, 253, 252, 251, 250, 249, 248}, models.Red, start, MaxLife}, []int64{0, 7200, 14399}},
		{"62 seconds, grey, the last slot cut short", 1, GrantInput{"000000", Handle{0, 0, 0, 0, 0, 0, 0, 1}, models.Grey, time.Unix(0, 0), 62 * time.Second}, []int64{0, 59, 61}},
		{"one second, yellow, at the end of time", 2, GrantInput{"659012", Handle{9, 9, 9, 9, 9, 9, 9, 9}, models.Yellow, time.Unix(1<<32-1-14400, 0), time.Second}, []int64{0}},
	} {
		v.Grants = append(v.Grants, makeGrant(t, c.name, signer(t, c.key), c.in, c.shown))
	}
	v.Refused = makeRefused(v.Grants[0])
	return v
}

func makeGrant(t *testing.T, name string, s Signer, in GrantInput, shown []int64) vectorGrant {
	t.Helper()
	g, seed := mint(t, s, in)
	out := vectorGrant{
		Name: name, KeyID: s.KeyID, Jurisdiction: in.Jurisdiction, Handle: hex.EncodeToString(in.Handle[:]),
		Colour: in.Colour, NotBefore: in.NotBefore.Unix(), Lifetime: int64(in.Lifetime / time.Second),
		Tip: hex.EncodeToString(g[atTip:atSignature]), Seed: seed.Reveal(), Grant: g.String(),
	}
	for _, after := range shown {
		at := in.NotBefore.Add(time.Duration(after) * time.Second)
		p := show(t, g, seed, at)
		out.Shown = append(out.Shown, vectorShown{at.Unix(), p.slot(), hex.EncodeToString(p[:]), p.Text(prefix)})
	}
	return out
}

// makeRefused spoils the second pass that g shows, of slot 0 at second 4, and hands
// some in at the wrong time.
func makeRefused(g vectorGrant) []vectorRefused {
	good, at := g.Shown[1].Text, g.Shown[1].At
	p, _ := Parse(good)
	spoil := func(change func(*Pass)) string {
		bad := p
		change(&bad)
		return bad.Text(prefix)
	}
	return []vectorRefused{
		{"another system's code", "https://data.example.cn/view/login.html?code=93f2a1", at, models.ReasonPassForeign},
		{"a retail bar code", "6901234567892", at, models.ReasonPassForeign},
		{"another version", spoil(func(p *Pass) { p[0] ^= 0x30 }), at, models.ReasonPassForeign},
		{"a key that nobody knows", spoil(func(p *Pass) { p[1] = 99 }), at, models.ReasonPassForeign},
		{"a digit short", good[:len(good)-1], at, models.ReasonPassMalformed},
		{"a group over 8191", good[:len(good)-4] + "8192", at, models.ReasonPassMalformed},
		{"green made of grey", spoil(func(p *Pass) { p[0] ^= 3 }), at, models.ReasonPassAltered},
		{"another key's id", spoil(func(p *Pass) { p[1] = 2 }), at, models.ReasonPassAltered},
		{"the other spelling of the signature", spoil(otherSpelling), at, models.ReasonPassAltered},
		{"the next slot with this slot's value", spoil(func(p *Pass) { p[100]++ }), at + 5, models.ReasonPassAltered},
		{"a slot past the last", spoil(func(p *Pass) { p[99] = 255 }), at, models.ReasonPassAltered},
		{"six seconds ahead of the start", g.Shown[0].Text, g.NotBefore - 6, models.ReasonPassEarly},
		{"fifteen seconds after the start of its slot", good, g.NotBefore + 15, models.ReasonPassStale},
		{"in the last slot, read when the grant is over", g.Shown[5].Text, g.NotBefore + g.Lifetime, models.ReasonPassExpired},
	}
}

func otherSpelling(p *Pass) {
	s := p[atSignature+32 : atSlot]
	new(big.Int).Sub(order, new(big.Int).SetBytes(s)).FillBytes(s)
}
