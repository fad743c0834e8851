package main

import (
	"encoding/base64"
	"errors"
	"fmt"

	"healthcode/config"
	"healthcode/platform/vault"
)

// keysCommand changes the key ring. A key is rotated in two steps: add it, let
// every replica restart or reload, and then promote it.
type keysCommand struct {
	Create  keysCreate  `cmd:"" help:"Make the key ring, and print the key that opens it, once."`
	List    keysList    `cmd:"" help:"List the keys."`
	Add     keysAdd     `cmd:"" help:"Add a key that reads and does not write yet."`
	Promote keysPromote `cmd:"" help:"Make a key the one that writes."`
	Retire  keysRetire  `cmd:"" help:"Take a key away. What was written with it cannot be read again."`
}

type keysCreate struct {
	Path string `arg:"" help:"Where the ring goes. Nothing is ever overwritten."`
}

// Run makes the ring. The key that opens it is printed and kept nowhere.
func (c keysCreate) Run(at surroundings) error {
	key, err := vault.NewKey()
	if err != nil {
		return err
	}
	if _, err := vault.Create(c.Path, key); err != nil {
		return err
	}
	fmt.Fprintf(at.out, "HEALTHCODE_KEY_RING=%s\nHEALTHCODE_KEY_RING_KEY=%s\n", c.Path, base64.StdEncoding.EncodeToString(key))
	return nil
}

// ring opens the ring that the settings name; it needs no others.
func ring(at surroundings) (*vault.Vault, error) {
	path, key, err := config.KeyRing(at.lookup)
	if err != nil {
		return nil, err
	}
	return vault.Load(path, key)
}

type keysList struct{}

// Run lists what every key is for, and which of them write.
func (keysList) Run(at surroundings) error {
	v, err := ring(at)
	if err != nil {
		return err
	}
	list, err := v.Keys()
	if err != nil {
		return err
	}
	for _, k := range list {
		does := "reads"
		if k.Primary {
			does = "reads and writes"
		}
		fmt.Fprintf(at.out, "%-5s %10d  %s\n", k.For, k.ID, does)
	}
	return nil
}

type keysAdd struct {
	For string `arg:"" enum:"seal,tag,mac,pass,peer" help:"What the key is for: seal, tag, mac, pass or peer."`
}

// Run adds a key.
func (c keysAdd) Run(at surroundings) error {
	v, err := ring(at)
	if err != nil {
		return err
	}
	id, err := v.Add(c.For)
	if err != nil {
		return err
	}
	fmt.Fprintf(at.out, "%s %d; promote it once every replica has been restarted\n", c.For, id)
	return nil
}

type keysPromote struct {
	For string `arg:"" enum:"seal,tag,mac,pass,peer" help:"What the key is for."`
	ID  uint32 `arg:"" help:"Its id."`
}

// Run promotes a key.
func (c keysPromote) Run(at surroundings) error {
	v, err := ring(at)
	if err != nil {
		return err
	}
	return v.Promote(c.For, c.ID)
}

type keysRetire struct {
	For string `arg:"" enum:"seal,tag,mac,pass,peer" help:"What the key is for."`
	ID  uint32 `arg:"" help:"Its id."`
	Yes bool   `help:"Needed: there is no way back."`
}

// Run retires a key.
func (c keysRetire) Run(at surroundings) error {
	if !c.Yes {
		return errors.New("this cannot be undone; say --yes if nothing was written with the key that is still needed")
	}
	v, err := ring(at)
	if err != nil {
		return err
	}
	return v.Retire(c.For, c.ID)
}

type configCommand struct{}

// Run prints every setting and what it is for.
func (configCommand) Run(at surroundings) error {
	_, err := fmt.Fprint(at.out, config.Manual())
	return err
}
