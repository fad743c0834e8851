package pass

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"healthcode/models"
)

// opening is a text that both open, at a time in milliseconds; name says what it is.
type opening struct {
	name string
	Text string `json:"text"`
	At   int64  `json:"at"`
}

// answer is what web/static/verify.js says of it.
type answer struct {
	Reason  models.Reason `json:"reason"`
	Colour  string        `json:"colour"`
	Issuer  string        `json:"issuer"`
	Handle  string        `json:"handle"`
	Granted int64         `json:"granted"`
	ShownAt int64         `json:"shownAt"`
	Until   int64         `json:"until"`
}

// opened asks Go.
func opened(t *testing.T, v Verifier, o opening) answer {
	t.Helper()
	p, err := Parse(o.Text)
	var said Opened
	if err == nil {
		said, err = v.Open(p, time.UnixMilli(o.At))
	}
	if err != nil {
		return answer{Reason: reason(t, err)}
	}
	return answer{Colour: said.Colour.String(), Issuer: said.Jurisdiction, Handle: hex.EncodeToString(said.Handle[:]),
		Granted: said.NotBefore.UnixMilli(), ShownAt: said.ShownAt.UnixMilli(), Until: said.Expires.UnixMilli()}
}

// openJavaScript asks web/static/verify.js of all at once.
func openJavaScript(t *testing.T, all []opening, signers ...Signer) []answer {
	t.Helper()
	type key struct {
		ID  byte   `json:"id"`
		Key string `json:"key"`
	}
	var keys []key
	for _, s := range signers {
		point, err := s.Key.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key{s.KeyID, base64.StdEncoding.EncodeToString(point)})
	}
	in, err := json.Marshal(map[string]any{"keys": keys, "asked": all})
	if err != nil {
		t.Fatal(err)
	}
	var out []answer
	if err := json.Unmarshal(node(t, in, "test/open.js"), &out); err != nil || len(out) != len(all) {
		t.Fatalf("%d answers to %d: %v", len(out), len(all), err)
	}
	return out
}

// TestVerifyJavaScript: a gate without a network answers what the service would.
func TestVerifyJavaScript(t *testing.T) {
	t.Parallel()
	one, two := signer(t, 1), signer(t, 2)
	v := trusting(one, two)
	all := append(vectorOpenings(readVectors(t)), borderOpenings(t, one)...)
	all = append(all, alteredOpenings(t, two)...)
	all = append(all, unsoundOpenings(t, one)...)
	all = append(all, textOpenings(t, one)...)
	met := map[models.Reason]int{}
	for i, got := range openJavaScript(t, all, one, two) {
		want := opened(t, v, all[i])
		met[want.Reason]++
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", all[i].name, diff)
		}
	}
	for _, r := range []models.Reason{"", models.ReasonPassForeign, models.ReasonPassMalformed, models.ReasonPassAltered,
		models.ReasonPassExpired, models.ReasonPassEarly, models.ReasonPassStale} {
		if met[r] < 4 {
			t.Errorf("only %d of %d are %q", met[r], len(all), r)
		}
	}
}

func vectorOpenings(v vectors) (all []opening) {
	for _, g := range v.Grants {
		for _, s := range g.Shown {
			all = append(all, opening{g.Name, s.Text, s.At * 1000})
		}
	}
	for _, r := range v.Refused {
		all = append(all, opening{r.Name, r.Text, r.At * 1000})
	}
	return all
}

// borderOpenings stand a millisecond before and at every border of every window, for
// every colour, the first slot, one in the middle and one that is cut short.
func borderOpenings(t *testing.T, s Signer) (all []opening) {
	t.Helper()
	for c := models.Green; c.Valid(); c++ {
		in := input(62 * time.Second)
		in.Colour = c
		g, seed := mint(t, s, in)
		for _, slot := range []int{0, 6, 12} {
			shown := start.Add(time.Duration(slot) * Slot)
			text := show(t, g, seed, shown).Text(prefix)
			for _, border := range []time.Time{shown.Add(-Early), shown, shown.Add(Slot), shown.Add(Slot + Late), g.Expires()} {
				for _, off := range []int64{-1, 0} {
					all = append(all, opening{fmt.Sprintf("%s, slot %d, %v%+d", c, slot, border, off), text, border.UnixMilli() + off})
				}
			}
		}
	}
	return all
}

// alteredOpenings have one byte changed, in its lowest and in its highest bit.
func alteredOpenings(t *testing.T, s Signer) (all []opening) {
	t.Helper()
	g, seed := mint(t, s, input(time.Hour))
	at := start.Add(7 * Slot)
	for i := range Size {
		for _, bit := range []byte{1, 0x80} {
			p := show(t, g, seed, at)
			p[i] ^= bit
			all = append(all, opening{fmt.Sprintf("byte %d by %02x", i, bit), p.Text(prefix), at.UnixMilli()})
		}
	}
	return all
}

// unsoundOpenings are signed over fields that are never minted, or over the last that are.
func unsoundOpenings(t *testing.T, s Signer) (all []opening) {
	t.Helper()
	for name, change := range map[string]func(*Grant){
		"no colour":             func(g *Grant) { g[0] = Version << 4 },
		"a fifth colour":        func(g *Grant) { g[0] = Version<<4 | 5 },
		"no lifetime":           func(g *Grant) { g[atLifetime], g[atLifetime+1] = 0, 0 },
		"the longest lifetime":  func(g *Grant) { g[atLifetime], g[atLifetime+1] = 14400>>8, 14400&255 },
		"a second longer":       func(g *Grant) { g[atLifetime], g[atLifetime+1] = 14401>>8, 14401&255 },
		"jurisdiction 1000000":  func(g *Grant) { g[2], g[3], g[4] = 1000000>>16, 1000000>>8&255, 1000000&255 },
		"another version":       func(g *Grant) { g[0] = 2<<4 | 1 },
		"a key of nobody":       func(g *Grant) { g[atKeyID] = 3 },
		"nothing of it changed": func(*Grant) {},
	} {
		g, seed := mint(t, s, input(time.Hour))
		change(&g)
		tip := g.Handle().walk(link(seed), g.Slots())
		copy(g[atTip:], tip[:])
		if err := s.sign(&g); err != nil {
			t.Fatal(err)
		}
		p := join(g, 0, g.Handle().walk(link(seed), max(0, g.Slots()-1)))
		all = append(all, opening{name, p.Text(prefix), start.UnixMilli()})
	}
	return all
}

// textOpenings are a good pass as scanners and people may leave its text.
func textOpenings(t *testing.T, s Signer) (all []opening) {
	t.Helper()
	g, seed := mint(t, s, input(time.Hour))
	digits := show(t, g, seed, start).Text("")
	for _, text := range []string{digits, " \r\n\t" + prefix + digits + "\u00a0\u3000\u0085", "\ufeff" + digits, digits + "\ufeff", "#" + digits + "#",
		"a#b#" + digits, digits[:287], digits + "0", digits[:31], digits[:32], digits[:32] + "x", "x" + digits, digits[:100] + " " + digits[100:],
		digits[:284] + "8191", digits[:284] + "8192", strings.Repeat("9999", 72), strings.Repeat("0000", 72), "", "#", "\u0661" + digits[1:], digits[:287] + "\uff11"} {
		all = append(all, opening{fmt.Sprintf("%q", text), text, start.UnixMilli()})
	}
	return all
}
