package vault

import (
	"bytes"
	"sync"
	"testing"

	"github.com/tink-crypto/tink-go/v2/mac"
	"pgregory.net/rapid"
)

// TestMACIsTinks holds our MACs against Tink's under the same ring, of two keys.
func TestMACIsTinks(t *testing.T) {
	t.Parallel()
	r := must[ring](t)(newRing())
	older := must[*macs](t)(newMACs(r.MAC))
	id := must[uint32](t)(r.add(ForMACs))
	if err := r.promote(ForMACs, id); err != nil {
		t.Fatal(err)
	}
	ours := must[*macs](t)(newMACs(r.MAC))
	theirs, err := primitive(r.MAC, mac.New)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		label, data := rapid.String().Draw(rt, "label"), rapid.SliceOf(rapid.Byte()).Draw(rt, "data")
		whole := append(cell(label), data...)
		want, err := theirs.ComputeMAC(whole)
		if err != nil {
			rt.Fatal(err)
		}
		if got := ours.compute(label, data); !bytes.Equal(got, want) {
			rt.Fatalf("%x, and Tink makes %x", got, want)
		}
		if !ours.check(label, data, want) || !ours.check(label, data, older.compute(label, data)) {
			rt.Fatal("a MAC does not verify")
		}
		if theirs.VerifyMAC(older.compute(label, data), whole) != nil || older.check(label, data, want) {
			rt.Fatal("Tink does not know the older key, or the older ring knows the newer key")
		}
		bad := bytes.Clone(want)
		bad[rapid.IntRange(0, len(bad)-1).Draw(rt, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		for _, tag := range [][]byte{bad, want[:rapid.IntRange(0, len(want)-1).Draw(rt, "length")], append(bytes.Clone(want), 0)} {
			if ours.check(label, data, tag) || theirs.VerifyMAC(tag, whole) == nil {
				rt.Fatalf("%x verifies", tag)
			}
		}
	})
}

// TestMACsTogether has many make and check them at once.
func TestMACsTogether(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			data := bytes.Repeat([]byte{byte(i)}, 40*i)
			for range 200 {
				tag, err := v.MAC("facts", data)
				if err != nil || !v.CheckMAC("facts", data, tag) || v.CheckMAC("facts", append(data, 1), tag) {
					t.Error("another's MAC was taken for this one")
				}
			}
		})
	}
	all.Wait()
}
