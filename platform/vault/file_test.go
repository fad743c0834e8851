package vault

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// disk is a vault in a file.
func disk(t testing.TB) (v *Vault, path string, key []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ring")
	key = must[[]byte](t)(NewKey())
	return must[*Vault](t)(Create(path, key)), path, key
}

func TestFile(t *testing.T) {
	t.Parallel()
	v, path, key := disk(t)
	sealed := must[[]byte](t)(v.Seal("t", "c", "r", []byte("x")))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	backup := filepath.Join(t.TempDir(), "copy")
	if err := os.WriteFile(backup, must[[]byte](t)(os.ReadFile(path)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, backup} {
		again := must[*Vault](t)(Load(p, key))
		if got, err := again.Unseal("t", "c", "r", sealed); err != nil || string(got) != "x" {
			t.Errorf("%q, %v", got, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".ring-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	t.Parallel()
	_, path, key := disk(t)
	before := must[[]byte](t)(os.ReadFile(path))
	if _, err := Create(path, key); err == nil {
		t.Error("it was overwritten")
	}
	dangling := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("nowhere", dangling); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dangling, key); err == nil {
		t.Error("a link was overwritten")
	}
	if !bytes.Equal(before, must[[]byte](t)(os.ReadFile(path))) {
		t.Error("the file changed")
	}
	for _, n := range []int{0, 16, 31, 33} {
		short := filepath.Join(t.TempDir(), "ring")
		if _, err := Create(short, make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes opens a ring", n)
		}
		if _, err := os.Lstat(short); err == nil {
			t.Error("the refused ring is there")
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	_, path, key := disk(t)
	good := must[[]byte](t)(os.ReadFile(path))
	altered := bytes.Clone(good)
	if i := len(altered) / 2; altered[i] == 'A' { // still base64
		altered[i] = 'B'
	} else {
		altered[i] = 'A'
	}
	for name, c := range map[string]struct {
		content []byte
		mode    os.FileMode
		key     []byte
		want    string
	}{
		"empty":          {nil, 0o600, key, "format"},
		"cut":            {good[:len(good)-20], 0o600, key, "format"},
		"no JSON":        {[]byte("x"), 0o600, key, "format"},
		"another format": {bytes.Replace(good, []byte("ring 1"), []byte("ring 2"), 1), 0o600, key, "format"},
		"altered":        {altered, 0o600, key, "altered"},
		"wrong key":      {good, 0o600, must[[]byte](t)(NewKey()), "does not open"},
		"short key":      {good, 0o600, key[:31], "32 bytes"},
		"no key":         {good, 0o600, nil, "32 bytes"},
		"for the group":  {good, 0o640, key, "chmod"},
		"for the world":  {good, 0o604, key, "chmod"},
		"writable":       {good, 0o602, key, "chmod"},
	} {
		p := filepath.Join(t.TempDir(), "ring")
		if err := os.WriteFile(p, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(p, c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := Load(p, c.key)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (strings.Contains(err.Error(), string(key)) || strings.Contains(err.Error(), fmt.Sprintf("%x", key)) || len(err.Error()) > 120) {
			t.Errorf("%s: the error says too much", name)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none"), key); err == nil {
		t.Error("a ring that is not there was opened")
	}
}

func TestRewrap(t *testing.T) {
	t.Parallel()
	v, path, key := disk(t)
	sealed := must[[]byte](t)(v.Seal("t", "c", "r", []byte("x")))
	other := must[[]byte](t)(NewKey())
	if err := v.Rewrap(other[:5]); err == nil {
		t.Error("a short key was taken")
	}
	must[*Vault](t)(Load(path, key)) // nothing changed
	if err := v.Rewrap(other); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, key); err == nil {
		t.Error("the old key still opens the ring")
	}
	if got, err := must[*Vault](t)(Load(path, other)).Unseal("t", "c", "r", sealed); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
	must[uint32](t)(v.Add(ForSeals)) // and goes on under the new one
	must[*Vault](t)(Load(path, other))
}

func TestReloadKeepsTheKeysWhenItFails(t *testing.T) {
	t.Parallel()
	v, path, _ := disk(t)
	sealed := must[[]byte](t)(v.Seal("t", "c", "r", []byte("x")))
	if err := os.WriteFile(path, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if v.Reload() == nil {
		t.Error("a broken ring was read")
	}
	if _, err := v.Unseal("t", "c", "r", sealed); err != nil {
		t.Errorf("the keys are gone: %v", err)
	}
}

// TestReloadWhileInUse: one replica rotates while another serves and reloads.
func TestReloadWhileInUse(t *testing.T) {
	t.Parallel()
	operator, path, key := disk(t)
	replica := must[*Vault](t)(Load(path, key))
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 50 {
				row := fmt.Sprint(worker, i)
				sealed, err := replica.Seal("t", "c", row, []byte("x"))
				if err != nil {
					t.Error(err)
				}
				if _, err := replica.Unseal("t", "c", row, sealed); err != nil {
					t.Error(err)
				}
				if _, _, err := replica.TagWrite("p", []byte("x")); err != nil {
					t.Error(err)
				}
				if mac, err := replica.MAC("l", nil); err != nil || !replica.CheckMAC("l", nil, mac) {
					t.Error("a MAC does not verify")
				}
				if id, signer, _ := replica.PassSigner(); signer == nil || replica.PassPublic()[id] == nil {
					t.Error("no signer")
				}
			}
		})
	}
	for _, what := range []string{ForSeals, ForTags, ForMACs, ForPasses, ForPeers} {
		all.Go(func() {
			id, err := operator.Add(what)
			if err != nil {
				t.Error(err)
			}
			for range 2 {
				if err := replica.Reload(); err != nil {
					t.Error(err)
				}
			}
			if err := operator.Promote(what, id); err != nil {
				t.Error(err)
			}
		})
	}
	all.Go(func() {
		if err := operator.Rewrap(key); err != nil {
			t.Error(err)
		}
	})
	all.Wait()
	if got := len(must[[]Key](t)(must[*Vault](t)(Load(path, key)).Keys())); got != 10 {
		t.Errorf("%d keys, want 10: a change was lost", got)
	}
}

func TestVaultPrintsNoKey(t *testing.T) {
	t.Parallel()
	_, path, key := disk(t)
	_, err := Load(path, append(key[:31:31], key[31]^1))
	for _, form := range []string{string(key), fmt.Sprintf("%x", key), fmt.Sprint(key)} {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), form) {
			t.Error("the key is in the error")
		}
	}
}

func FuzzOpenRing(f *testing.F) {
	key := make([]byte, KeySize)
	for _, s := range []string{"", "{}", `{"format":"healthcode key ring 1","sealed":""}`, `{"format":"healthcode key ring 1","sealed":"AAAA"}`, "null", `{"sealed":7}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := openRing(b, key); err == nil {
			t.Fatalf("%q opens", b)
		}
	})
}

// TestCreateOnce: of many that create the same ring, one does, and its keys stay.
func TestCreateOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ring")
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	var made atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := Create(path, key); err == nil {
				made.Add(1)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 {
		t.Errorf("%d rings were made", made.Load())
	}
	if _, err := Load(path, key); err != nil {
		t.Error(err)
	}
}
