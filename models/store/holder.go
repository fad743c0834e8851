package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"healthcode/models"
	"healthcode/models/pass"
)

// Holder is somebody opening their code: what is needed to answer that, and no
// more. It comes of one query, because in a rush this is what everybody asks.
type Holder struct {
	ID        string // of the resident
	SessionID string
	Presented Presented
	Current   bool // whether Presented can be given out as it is
}

// Actor is the resident as an actor.
func (h Holder) Actor() models.Actor { return models.Actor{Kind: models.ActorResident, ID: h.ID} }

// holderQuery reads a session, whose it is, their latest decision, and the grant
// that this phone has.
const holderQuery = `SELECT s.id, s.kind, s.subject_id, s.created_at, s.mac, s.ended_at, s.expires_at, s.seen_at,
	a.id, a.platform, a.resident_id, a.mac, r.id, r.jurisdiction, r.document_id, r.verified_at, r.verified_mac, r.closed_at,
	d.id, d.sequence, d.colour, d.reasons, d.until_at, d.rule_set, d.facts, d.at, d.mac, g.handle, g.decision_id, g.body, g.expires_at
FROM sessions s
JOIN accounts a ON a.id = s.subject_id
JOIN residents r ON r.id = a.resident_id
LEFT JOIN decisions d ON d.resident_id = r.id AND d.sequence = (SELECT MAX(x.sequence) FROM decisions x WHERE x.resident_id = r.id)
LEFT JOIN grants g ON g.session_id = s.id AND g.not_before = (SELECT MAX(y.not_before) FROM grants y WHERE y.session_id = s.id)
WHERE s.hash = ?`

// statement is prepared once, on the pool that reads.
type statement struct {
	once sync.Once
	stmt *sql.Stmt
	err  error
}

func (s *Store) holderStatement() (*sql.Stmt, error) {
	s.holder.once.Do(func() {
		pool, err := s.read.DB()
		if err != nil {
			s.holder.err = err
			return
		}
		s.holder.stmt, s.holder.err = pool.Prepare(holderQuery)
	})
	return s.holder.stmt, s.holder.err
}

// holderRow is what the query gives. What comes of an outer join may be null.
type holderRow struct {
	session  sessionRow
	account  accountRow
	person   residentRow
	decision struct {
		id, colour, reasons, ruleSet, facts sql.NullString
		sequence, until, at                 sql.NullInt64
		mac                                 []byte
	}
	grant struct {
		decision sql.NullString
		handle   []byte
		body     []byte
		expires  sql.NullInt64
	}
}

// Holder is whose session the token is. When nothing can be given out as it is,
// or the session is nobody's, the caller goes the long way by [Store.Resident],
// which also says why.
func (s *Store) Holder(ctx context.Context, token string) (Holder, error) {
	if token == "" {
		return Holder{}, models.Refuse(models.ReasonLoginRequired)
	}
	hash, now := s.Vault.HashToken("session", []byte(token)), s.Now()
	if h, known := s.recent.recall(hash, now); known {
		return h, nil
	}
	seen := told{at: now, changes: s.recent.changes.Load()}
	row, err := s.holderRow(ctx, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return s.unregistered(ctx, token)
	}
	if err != nil {
		return Holder{}, fmt.Errorf("holder: %w", err)
	}
	v, p := row.session, row.person
	v.Hash = hash
	if v.Kind != sessionAccount || v.EndedAt != 0 || millis(now) >= v.ExpiresAt || !s.vouched(v, v.ID, v.MAC) {
		return Holder{}, models.Refuse(models.ReasonLoginRequired)
	}
	if s.residentOf(row.account) == "" {
		return s.unregistered(ctx, token)
	}
	h := Holder{ID: p.ID, SessionID: v.ID}
	if p.ClosedAt != 0 || millis(now)-v.SeenAt > seenEvery.Milliseconds() {
		return h, nil
	}
	h.Presented, h.Current = s.presented(row)
	if seen.holder = h; h.Current {
		s.recent.remember(hash, seen)
	}
	return h, nil
}

// holderRow asks the query.
func (s *Store) holderRow(ctx context.Context, hash []byte) (row holderRow, err error) {
	stmt, err := s.holderStatement()
	if err != nil {
		return row, err
	}
	v, a, p, d, g := &row.session, &row.account, &row.person, &row.decision, &row.grant
	err = stmt.QueryRowContext(ctx, hash).Scan(&v.ID, &v.Kind, &v.SubjectID, &v.CreatedAt, &v.MAC, &v.EndedAt, &v.ExpiresAt, &v.SeenAt,
		&a.ID, &a.Platform, &a.ResidentID, &a.MAC, &p.ID, &p.Jurisdiction, &p.DocumentID, &p.VerifiedAt, &p.VerifiedMAC, &p.ClosedAt, &d.id, &d.sequence, &d.colour, &d.reasons, &d.until, &d.ruleSet, &d.facts, &d.at, &d.mac,
		&g.handle, &g.decision, &g.body, &g.expires)
	return row, err
}

// unregistered says why a token has no resident.
func (s *Store) unregistered(ctx context.Context, token string) (Holder, error) {
	me, err := s.Linked(ctx, token)
	return Holder{ID: me.ID, SessionID: me.SessionID}, err
}

// presented is what the row says, if all of it still holds and verifies.
func (s *Store) presented(row holderRow) (Presented, bool) {
	d := row.decision
	r := decisionRow{ID: d.id.String, ResidentID: row.person.ID, Sequence: int(d.sequence.Int64), Colour: d.colour.String, Reasons: d.reasons.String,
		UntilAt: d.until.Int64, RuleSet: d.ruleSet.String, Facts: d.facts.String, At: d.at.Int64, MAC: d.mac}
	if !d.id.Valid || !row.grant.decision.Valid {
		return Presented{}, false
	}
	decision, err := r.decision()
	if err != nil || !s.Vault.CheckMAC(macDecision, decision.Canonical(), r.MAC) {
		s.alarm("decisions", r.ID)
		return Presented{}, false
	}
	out := Presented{Standing: models.Standing{Decision: decision, Verified: s.verified(row.person)}}
	held := grantRow{Handle: row.grant.handle, DecisionID: row.grant.decision.String, Body: row.grant.body, ExpiresAt: row.grant.expires.Int64}
	if !s.current(decision, row.person.Jurisdiction) || !s.spare(held, decision) {
		return Presented{}, false
	}
	return out, s.rederive(held, &out)
}

// spare reports whether the grant is of this decision and good for a while yet.
func (s *Store) spare(row grantRow, d models.Decision) bool {
	left := instant(row.ExpiresAt).Sub(s.Now())
	return row.DecisionID == d.ID && left > 0 && (left >= grantSpare || d.Until.Equal(instant(row.ExpiresAt)))
}

// rederive reads the grant and makes its seed anew, if its key is still there. One
// that is kept under another handle than its own is somebody else's.
func (s *Store) rederive(row grantRow, p *Presented) bool {
	if len(row.Body) != pass.GrantSize {
		return false
	}
	p.Grant = pass.Grant(row.Body)
	if handle := p.Grant.Handle(); !bytes.Equal(handle[:], row.Handle) {
		s.alarm("grants", row.DecisionID)
		return false
	}
	chainKey, known := s.Vault.PassChainKeys()[p.Grant.KeyID()]
	if known {
		p.Seed = pass.Signer{ChainKey: chainKey}.Seed(p.Grant)
	}
	return known
}
