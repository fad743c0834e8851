package vault

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func ephemeral(t testing.TB) *Vault {
	t.Helper()
	v, err := Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// must takes the pair that many calls return.
func must[T any](t testing.TB) func(T, error) T {
	return func(x T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func TestSealRoundTrip(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	rapid.Check(t, func(rt *rapid.T) {
		table, column, row := rapid.String().Draw(rt, "table"), rapid.String().Draw(rt, "column"), rapid.String().Draw(rt, "row")
		clear := rapid.SliceOf(rapid.Byte()).Draw(rt, "clear")
		sealed, err := v.Seal(table, column, row, clear)
		if err != nil {
			rt.Fatal(err)
		}
		if got, err := v.Unseal(table, column, row, sealed); err != nil || !bytes.Equal(got, clear) {
			rt.Fatalf("got %q, %v", got, err)
		}
		if len(clear) > 8 && bytes.Contains(sealed, clear) {
			rt.Fatal("the clear value stands in the sealed one")
		}
	})
}

func TestSealIsBoundToItsCell(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	sealed := must[[]byte](t)(v.Seal("people", "name", "17", []byte("CLEAR")))
	for _, c := range [][3]string{{"others", "name", "17"}, {"people", "phone", "17"}, {"people", "name", "18"}, {"", "", ""},
		{"peoplen", "ame", "17"}, {"people", "name1", "7"}, {"people", "name", "17\x00"}} {
		if got, err := v.Unseal(c[0], c[1], c[2], sealed); err == nil || got != nil {
			t.Errorf("%q opens it", c)
		} else if strings.Contains(err.Error(), "CLEAR") || strings.Contains(err.Error(), "17") {
			t.Errorf("the error says too much: %v", err)
		}
	}
}

func TestSealIsNeverTheSameTwice(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	a, b := must[[]byte](t)(v.Seal("t", "c", "r", []byte("x"))), must[[]byte](t)(v.Seal("t", "c", "r", []byte("x")))
	if bytes.Equal(a, b) {
		t.Error("equal values are seen to be equal")
	}
}

func TestUnsealRefusesWhatWasAltered(t *testing.T) {
	t.Parallel()
	v, other := ephemeral(t), ephemeral(t)
	sealed := must[[]byte](t)(v.Seal("t", "c", "r", []byte("x")))
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := v.Unseal("t", "c", "r", bad); err == nil {
			t.Errorf("byte %d may be altered", i)
		}
		if _, err := v.Unseal("t", "c", "r", sealed[:i]); err == nil && i > 0 {
			t.Errorf("it may be cut to %d bytes", i)
		}
	}
	if _, err := v.Unseal("t", "c", "r", append(bytes.Clone(sealed), 0)); err == nil {
		t.Error("it may be longer")
	}
	if _, err := other.Unseal("t", "c", "r", sealed); err == nil {
		t.Error("another vault opens it")
	}
	if got, err := v.Unseal("t", "c", "r", nil); got != nil || err != nil {
		t.Errorf("a blanked cell: %q, %v", got, err)
	}
}

func TestSealedWith(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	if got := SealedWith(must[[]byte](t)(v.Seal("t", "c", "r", nil))); got != primary(t, v, ForSeals) {
		t.Errorf("got %d", got)
	}
	for _, b := range [][]byte{nil, {1, 2, 3, 4}, {0, 1, 2, 3, 4}} {
		if SealedWith(b) != 0 {
			t.Errorf("%v names a key", b)
		}
	}
}

func primary(t testing.TB, v *Vault, what string) (id uint32) {
	t.Helper()
	for _, k := range must[[]Key](t)(v.Keys()) {
		if k.For == what && k.Primary {
			if id != 0 {
				t.Errorf("%s has two primary keys", what)
			}
			id = k.ID
		}
	}
	if id == 0 {
		t.Errorf("%s has no primary key", what)
	}
	return id
}

func TestTags(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	version, tag, err := v.TagWrite("document", []byte("x"))
	if err != nil || version != primary(t, v, ForTags) || len(tag) != tagSize {
		t.Fatal(version, len(tag), err)
	}
	_, again, _ := v.TagWrite("document", []byte("x"))
	_, value, _ := v.TagWrite("document", []byte("y"))
	_, purpose, _ := v.TagWrite("phone", []byte("x"))
	_, shifted, _ := v.TagWrite("documentx", nil)
	if !bytes.Equal(tag, again) || bytes.Equal(tag, value) || bytes.Equal(tag, purpose) || bytes.Equal(tag, shifted) {
		t.Error("a tag does not stand for one value of one purpose")
	}
	_, other, _ := ephemeral(t).TagWrite("document", []byte("x"))
	if bytes.Equal(tag, other) {
		t.Error("a tag can be made without the key")
	}
}

func TestMAC(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	tag := must[[]byte](t)(v.MAC("fact", []byte("data")))
	if !v.CheckMAC("fact", []byte("data"), tag) {
		t.Error("it does not verify")
	}
	bad := bytes.Clone(tag)
	bad[len(bad)-1] ^= 1
	if v.CheckMAC("decision", []byte("data"), tag) || v.CheckMAC("fact", []byte("datb"), tag) || v.CheckMAC("factd", []byte("ata"), tag) ||
		v.CheckMAC("fact", []byte("data"), bad) || v.CheckMAC("fact", []byte("data"), nil) || ephemeral(t).CheckMAC("fact", []byte("data"), tag) {
		t.Error("something else verifies")
	}
}

func TestHashToken(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	if bytes.Equal(v.HashToken("session", []byte("x")), v.HashToken("ticket", []byte("x"))) || len(v.HashToken("a", nil)) != 32 {
		t.Error("a ticket hashes like a session")
	}
}

// TestRotation: add, then promote; what is older stays readable until its key is
// retired.
func TestRotation(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	sealed := must[[]byte](t)(v.Seal("t", "c", "r", []byte("x")))
	oldVersion, oldTag, _ := v.TagWrite("p", []byte("x"))
	oldMAC := must[[]byte](t)(v.MAC("l", []byte("d")))
	oldSigner, _, oldChain := v.PassSigner()
	for _, what := range []string{ForSeals, ForTags, ForMACs, ForPasses, ForPeers} {
		before := primary(t, v, what)
		id := must[uint32](t)(v.Add(what))
		if primary(t, v, what) != before || id == before {
			t.Errorf("%s: a key writes before it was promoted", what)
		}
		if err := v.Promote(what, id); err != nil || primary(t, v, what) != id {
			t.Errorf("%s: not promoted: %v", what, err)
		}
	}
	if got, err := v.Unseal("t", "c", "r", sealed); err != nil || string(got) != "x" {
		t.Errorf("what is older does not open: %v", err)
	}
	if SealedWith(must[[]byte](t)(v.Seal("t", "c", "r", nil))) == SealedWith(sealed) {
		t.Error("the new key does not seal")
	}
	version, tag, _ := v.TagWrite("p", []byte("x"))
	all := must[map[uint32][]byte](t)(v.TagAll("p", []byte("x")))
	if version == oldVersion || bytes.Equal(tag, oldTag) || len(all) != 2 || !bytes.Equal(all[oldVersion], oldTag) || !bytes.Equal(all[version], tag) {
		t.Error("what was tagged under one key is not found under both")
	}
	if !v.CheckMAC("l", []byte("d"), oldMAC) || bytes.Equal(oldMAC, must[[]byte](t)(v.MAC("l", []byte("d")))) {
		t.Error("an older MAC does not verify, or the new key is not used")
	}
	signer, key, chain := v.PassSigner()
	if signer == oldSigner || bytes.Equal(chain, oldChain) || v.PassPublic()[oldSigner] == nil || !key.PublicKey.Equal(v.PassPublic()[signer]) ||
		!bytes.Equal(v.PassChainKeys()[oldSigner], oldChain) {
		t.Error("the pass keys did not rotate")
	}
	if public := v.PeerPublic(); len(public) != 2 || !public[1].Equal(&v.PeerSigner().PublicKey) {
		t.Error("the key that other installations know did not rotate")
	}
}

func TestRetire(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	sealed := must[[]byte](t)(v.Seal("t", "c", "r", []byte("x")))
	mac := must[[]byte](t)(v.MAC("l", []byte("d")))
	signer, _, _ := v.PassSigner()
	for _, what := range []string{ForSeals, ForTags, ForMACs, ForPasses, ForPeers} {
		old := primary(t, v, what)
		if v.Retire(what, old) == nil {
			t.Errorf("%s: the primary key was retired", what)
		}
		if v.Retire(what, old+99) == nil || v.Promote(what, old+99) == nil {
			t.Errorf("%s: a key that is not there was retired or promoted", what)
		}
		id := must[uint32](t)(v.Add(what))
		if err := v.Promote(what, id); err != nil {
			t.Fatal(err)
		}
		if err := v.Retire(what, old); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := v.Unseal("t", "c", "r", sealed); err == nil {
		t.Error("what was sealed under a retired key opens")
	}
	if v.CheckMAC("l", []byte("d"), mac) || v.PassPublic()[signer] != nil || len(must[map[uint32][]byte](t)(v.TagAll("p", nil))) != 1 {
		t.Error("a retired key is still used")
	}
	if _, err := v.Add("tea"); err == nil || v.Promote("tea", 1) == nil || v.Retire("tea", 1) == nil {
		t.Error("there are keys for anything")
	}
}

func FuzzUnseal(f *testing.F) {
	v, err := Ephemeral()
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := v.Seal("t", "c", "r", []byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{nil, {1}, sealed[:5], sealed[:len(sealed)-1], append([]byte{0}, sealed...), sealed[:20]} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		SealedWith(b)
		if clear, err := v.Unseal("t", "c", "r", b); len(b) > 0 && (err == nil || clear != nil) {
			t.Fatalf("%x opens", b)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	v := ephemeral(b)
	for b.Loop() {
		_, _ = v.Seal("residents", "name_sealed", "01JD0000000000000000000000", []byte("张三"))
	}
}

func BenchmarkUnseal(b *testing.B) {
	v := ephemeral(b)
	sealed := must[[]byte](b)(v.Seal("t", "c", "r", []byte("张三")))
	for b.Loop() {
		_, _ = v.Unseal("t", "c", "r", sealed)
	}
}

func BenchmarkTagWrite(b *testing.B) {
	v := ephemeral(b)
	for b.Loop() {
		_, _, _ = v.TagWrite("document", []byte("11010519491231002X"))
	}
}

func BenchmarkMAC(b *testing.B) {
	v := ephemeral(b)
	data := make([]byte, 200)
	for b.Loop() {
		_, _ = v.MAC("fact", data)
	}
}

// TestRingOfBeforeThereWerePeers: it opens, signs nothing to others, and can be given
// a key.
func TestRingOfBeforeThereWerePeers(t *testing.T) {
	t.Parallel()
	v := ephemeral(t)
	old := v.keys.Load().ring
	old.Peer, old.PeerPrimary = nil, 0
	if err := v.use(old); err != nil || v.PeerSigner() != nil || len(v.PeerPublic()) != 0 {
		t.Fatalf("an older ring: %v", err)
	}
	id := must[uint32](t)(v.Add(ForPeers))
	if err := v.Promote(ForPeers, id); err != nil || v.PeerSigner() == nil {
		t.Errorf("no key after it was added: %v", err)
	}
}
