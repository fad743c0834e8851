package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"healthcode/models"
	"healthcode/models/pass"
)

type grantRow struct {
	Handle     []byte `gorm:"primaryKey"`
	ResidentID string
	SessionID  string
	DecisionID string
	Body       []byte
	NotBefore  int64
	ExpiresAt  int64
}

func (grantRow) TableName() string { return "grants" }

// grantSpare is how much of a grant's life must be left for it to be given out
// again: a phone that opens the code now should not have to ask again soon.
const grantSpare = time.Hour

// Presented is what a phone needs to show the resident's code for some hours.
type Presented struct {
	Standing models.Standing
	Grant    pass.Grant
	Seed     pass.Seed
}

// Present gives the phone that the resident is using its grant: the one it has
// while that still says what holds, otherwise a fresh one, on record before it
// is given out.
func (s *Store) Present(ctx context.Context, me models.Resident) (Presented, error) {
	if err := s.elsewhere(me.Jurisdiction); err != nil {
		return Presented{}, err
	}
	r := s.reader(ctx)
	d, err := r.latest(me.ID)
	if err != nil && !errors.Is(err, models.NotFound) {
		return Presented{}, err
	}
	if err == nil && s.current(d, me.Jurisdiction) {
		p := Presented{Standing: models.Standing{Decision: d, Verified: me.Verified}}
		held, err := r.held(me, d, &p)
		if err != nil || held {
			return p, err
		}
	}
	return s.grant(ctx, me)
}

// held finds the grant that this phone already has of this decision, if it is
// good for a while yet.
func (r reader) held(me models.Resident, d models.Decision, p *Presented) (bool, error) {
	var row grantRow
	err := found(r.db.Where("session_id = ?", me.SessionID).Order("not_before DESC").Take(&row).Error)
	if errors.Is(err, models.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("grant: %w", err)
	}
	return r.spare(row, d) && r.rederive(row, p), nil
}

// grant decides anew if need be, and mints. A grant ends with the decision it is
// of, so that no phone shows a colour longer than the rules allow.
func (s *Store) grant(ctx context.Context, me models.Resident) (Presented, error) {
	var p Presented
	err := s.change(ctx, me.Actor(), func(t *txn) error {
		d, err := t.decide(me.ID)
		if err != nil {
			return err
		}
		p.Standing = models.Standing{Decision: d, Verified: me.Verified}
		begin := t.at.Truncate(time.Second)
		life := pass.MaxLife
		if !d.Until.IsZero() && d.Until.Sub(begin) < life {
			life = max(d.Until.Sub(begin).Truncate(time.Second), time.Second)
		}
		if p.Grant, p.Seed, err = t.mint(me, d, begin, life); err != nil {
			return err
		}
		t.touch(me.SessionID)
		handle := p.Grant.Handle()
		return t.insert(&grantRow{Handle: handle[:], ResidentID: me.ID, SessionID: me.SessionID, DecisionID: d.ID,
			Body: p.Grant[:], NotBefore: millis(begin), ExpiresAt: millis(p.Grant.Expires())})
	})
	if err != nil {
		return Presented{}, fmt.Errorf("present: %w", err)
	}
	return p, nil
}

// issuer is who issues the resident's passes: the nation's, if they live nowhere.
func issuer(me models.Resident) string {
	if me.Jurisdiction == nowhere {
		return "000000"
	}
	return me.Jurisdiction
}

func (t *txn) mint(me models.Resident, d models.Decision, begin time.Time, life time.Duration) (pass.Grant, pass.Seed, error) {
	in := pass.GrantInput{Jurisdiction: issuer(me), Colour: d.Colour, NotBefore: begin, Lifetime: life}
	if _, err := io.ReadFull(t.Random, in.Handle[:]); err != nil {
		return pass.Grant{}, pass.Seed{}, err
	}
	id, key, chainKey := t.Vault.PassSigner()
	return pass.Signer{KeyID: id, Key: key, ChainKey: chainKey}.Mint(in)
}
