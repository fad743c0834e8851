package vault

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
)

// format is written first into every key ring, and is part of what its cipher
// vouches for.
const format = "healthcode key ring 1"

// ringFile is the file itself: useless without the key that opens it, so that it
// can be backed up by copying it.
type ringFile struct {
	Format string `json:"format"`
	Sealed []byte `json:"sealed"` // the ring as JSON, under AES-256-GCM
}

// KeySize is the length in bytes of the key that opens a key ring.
const KeySize = 32

// NewKey makes a key that opens a key ring.
func NewKey() ([]byte, error) {
	key := make([]byte, KeySize)
	_, err := rand.Read(key)
	return key, err
}

// Create makes a key ring. It never overwrites one: whatever was sealed with that
// could not be read again.
func Create(path string, key []byte) (*Vault, error) {
	r, err := newRing()
	if err != nil {
		return nil, err
	}
	v := &Vault{file: path, kek: key}
	// A link, unlike a renaming, is refused where there is a file already.
	if err := v.write(r, os.Link); err != nil {
		return nil, err
	}
	return v, v.use(r)
}

// Load opens a key ring. A file that others may read is refused.
func Load(path string, key []byte) (*Vault, error) {
	v := &Vault{file: path, kek: key}
	return v, v.Reload()
}

// Reload reads the file again, while the vault is in use. If it cannot be read,
// the keys stay as they are.
func (v *Vault) Reload() error {
	v.changing.Lock()
	defer v.changing.Unlock()
	info, err := os.Stat(v.file)
	if err != nil {
		return errors.New("vault: the key ring is not there")
	}
	if info.Mode().Perm()&0o077 != 0 {
		return errors.New("vault: the key ring may be read by others; chmod 600 it")
	}
	b, err := os.ReadFile(v.file)
	if err != nil {
		return errors.New("vault: the key ring cannot be read")
	}
	r, err := openRing(b, v.kek)
	if err != nil {
		return err
	}
	return v.use(r)
}

func openRing(b, key []byte) (ring, error) {
	var file ringFile
	if err := json.Unmarshal(b, &file); err != nil || file.Format != format {
		return ring{}, errors.New("vault: this is not a key ring of a format that is known here")
	}
	cipher, err := subtle.NewAESGCM(key)
	if err != nil {
		return ring{}, errors.New("vault: the key that opens the ring has 32 bytes")
	}
	clear, err := cipher.Decrypt(file.Sealed, []byte(format))
	if err != nil {
		return ring{}, errors.New("vault: the key does not open this ring, or the file was altered")
	}
	var r ring
	if err := json.Unmarshal(clear, &r); err != nil {
		return ring{}, errors.New("vault: the ring cannot be read")
	}
	return r, nil
}

// write puts the file there as a whole, so that a crash leaves the old or the new.
func (v *Vault) write(r ring, place func(from, to string) error) error {
	clear, err := json.Marshal(r)
	if err != nil {
		return errors.New("vault: the ring cannot be written")
	}
	cipher, err := subtle.NewAESGCM(v.kek)
	if err != nil || len(v.kek) != KeySize {
		return errors.New("vault: the key that opens the ring has 32 bytes")
	}
	sealed, err := cipher.Encrypt(clear, []byte(format))
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(ringFile{format, sealed}, "", "  ")
	if err != nil {
		return err
	}
	return put(v.file, append(b, '\n'), place)
}

// put writes a file beside its place, to the disk, and then to its place.
func put(path string, b []byte, place func(from, to string) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".ring-*") // created with mode 600
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	defer func() { err = errors.Join(err, ignoreGone(os.Remove(f.Name()))) }()
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	err = place(f.Name(), path)
	if errors.Is(err, os.ErrExist) {
		return errors.New("vault: there is a file at that path already")
	}
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func ignoreGone(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Add puts a new key of that kind into the ring, which reads and does not write
// yet. Reload every replica before it is promoted.
func (v *Vault) Add(what string) (id uint32, err error) {
	err = v.change(func(r *ring) error {
		id, err = r.add(what)
		return err
	})
	return id, err
}

// Promote makes the key the one that writes.
func (v *Vault) Promote(what string, id uint32) error {
	return v.change(func(r *ring) error { return r.promote(what, id) })
}

// Retire takes the key away. What was written with it cannot be read again.
func (v *Vault) Retire(what string, id uint32) error {
	return v.change(func(r *ring) error { return r.retire(what, id) })
}

// Rewrap seals the ring under another key from now on.
func (v *Vault) Rewrap(key []byte) error {
	v.changing.Lock()
	defer v.changing.Unlock()
	old := v.kek
	v.kek = key
	if err := v.write(v.keys.Load().ring, os.Rename); err != nil {
		v.kek = old
		return err
	}
	return nil
}

// change edits a copy of the ring, writes it, and only then uses it.
func (v *Vault) change(edit func(*ring) error) error {
	v.changing.Lock()
	defer v.changing.Unlock()
	r := v.keys.Load().ring
	r.Pass, r.Peer = append([]passKey(nil), r.Pass...), append([]passKey(nil), r.Peer...)
	if err := edit(&r); err != nil {
		return err
	}
	if v.file != "" {
		if err := v.write(r, os.Rename); err != nil {
			return err
		}
	}
	return v.use(r)
}
