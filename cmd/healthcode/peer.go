package main

import (
	"errors"
	"fmt"
	"os"

	"healthcode/models"
)

// peerCommand connects this installation to others (docs/recognition.md).
type peerCommand struct {
	Show  peerShow  `cmd:"" help:"Print code and fingerprints, for the people who run another installation."`
	Check peerCheck `cmd:"" help:"Say what is wrong with a peering by itself, each with its line; whether its places are known here, peer add says."`
	Add   peerAdd   `cmd:"" help:"Leave a peering as a draft, which an officer of its place or above must publish."`
	List  peerList  `cmd:"" help:"List the peerings in force."`
}

type peerShow struct{}

// Run prints what the others pin.
func (peerShow) Run(at surroundings) error {
	o, err := open(at)
	if err != nil {
		return err
	}
	defer o.close()
	if o.config.Installation == "" {
		return errors.New("HEALTHCODE_INSTALLATION is not set: this installation is connected to none")
	}
	signer := o.store.Vault.PeerSigner()
	if signer == nil {
		return errors.New("the key ring has no key that others could know: keys add peer, then keys promote peer")
	}
	fmt.Fprintf(at.out, "code        %s\n", o.config.Installation)
	for _, key := range o.store.Vault.PeerPublic() {
		b, err := models.PeerKey(key)
		if err != nil {
			return err
		}
		does := "will sign"
		if key.Equal(&signer.PublicKey) {
			does = "signs"
		}
		fmt.Fprintf(at.out, "fingerprint %s  %s\n", models.Fingerprint(b), does)
	}
	return nil
}

type peerCheck struct {
	File string `arg:"" help:"The peering, as YAML."`
}

// Run reads the file, and asks no database.
func (c peerCheck) Run(at surroundings) error {
	p, err := readPeering(c.File)
	if err != nil {
		return err
	}
	fmt.Fprintf(at.out, "%s: %d colours, %d reasons, %d tests\n", peering(p), len(p.Colours), len(p.Reasons), len(p.Tests))
	return nil
}

func readPeering(name string) (*models.Peering, error) {
	body, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read", name)
	}
	p, err := models.ParsePeering(body)
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", name, err)
	}
	return p, nil
}

func peering(p *models.Peering) string {
	return fmt.Sprintf("%s@%d in %s of %s: %s", p.ID, p.Version, p.Place, p.Peer, p.Mode)
}

type peerAdd struct {
	File string `arg:"" help:"The peering, as YAML."`
}

var operatorPeer = models.Operator("peer add")

// Run drafts it.
func (c peerAdd) Run(at surroundings) error {
	p, err := readPeering(c.File)
	if err != nil {
		return err
	}
	o, err := open(at)
	if err != nil {
		return err
	}
	defer o.close()
	if _, err := o.store.DraftPeering(at.ctx, operatorPeer, p.Source); err != nil {
		return err
	}
	fmt.Fprintf(at.out, "%s: a draft, for an officer of %s or above to publish\n", peering(p), p.Place)
	return nil
}

type peerList struct{}

// Run lists them.
func (peerList) Run(at surroundings) error {
	o, err := open(at)
	if err != nil {
		return err
	}
	defer o.close()
	for _, p := range o.store.Peerings() {
		fmt.Fprintln(at.out, peering(p))
	}
	return nil
}
