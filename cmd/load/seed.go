package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"healthcode/models"
	"healthcode/models/rules"
	"healthcode/platform"
)

// seedAtOnce is how many residents are put in by one transaction.
const seedAtOnce = 500

// seed puts residents straight into the database, as the service would have left
// them: sealed, verified, with three facts each, a decision of the rules, and an
// account that agreed to be told of the next colour. One in
// five had a symptom so long ago that it no longer counts, but would under rules
// that count it for three weeks.
func (b *bench) seed(ctx context.Context, people int, set *rules.Set) error {
	db, err := b.db.open()
	if err != nil {
		return err
	}
	defer db.Close()
	var all sync.WaitGroup
	errs := make([]error, 2)
	for hand := range errs {
		all.Go(func() {
			for from := hand * seedAtOnce; from < people && errs[hand] == nil; from += len(errs) * seedAtOnce {
				errs[hand] = b.seedSome(ctx, db, from, min(seedAtOnce, people-from), set)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	return nil
}

// rows are what is put into one table.
type rows struct {
	into string
	args []any
	n    int
}

func (r *rows) add(values ...any) {
	r.args = append(r.args, values...)
	r.n++
}

func (r *rows) write(ctx context.Context, tx *sql.Tx) error {
	one := "(?" + strings.Repeat(", ?", len(r.args)/r.n-1) + ")"
	_, err := tx.ExecContext(ctx, "INSERT INTO "+r.into+" VALUES "+one+strings.Repeat(", "+one, r.n-1), r.args...)
	return err
}

func (b *bench) seedSome(ctx context.Context, db *sql.DB, from, n int, set *rules.Set) error {
	residents := &rows{into: `residents (id, document_id, jurisdiction, community_id, document_type, number_sealed, name_sealed, phone_sealed,
		guardian_sealed, verified_at, verified_mac, merged_into, created_at, updated_at, closed_at)`}
	moves := &rows{into: "moves (resident_id, sequence, jurisdiction, community_id, merged_into, at, mac)"}
	consents := &rows{into: "consents (id, resident_id, purpose, version, given_at, withdrawn_at, sequence, mac)"}
	accounts := &rows{into: "accounts (id, platform, open_id_sealed, resident_id, created_at, closed_at, mac)"}
	agreed := &rows{into: "subscriptions (account_id, template, left_over, at)"}
	facts := &rows{into: "facts (id, resident_id, kind, code, level, result, at, until_at, source, created_at, mac)"}
	decisions := &rows{into: "decisions (id, resident_id, sequence, colour, reasons, until_at, rule_set, facts, at, mac)"}
	for i := from; i < from+n; i++ {
		resident, err := b.seedOne(i, set, residents, moves, consents, facts, decisions)
		if err == nil {
			err = b.seedAccount(resident, accounts, agreed)
		}
		if err != nil {
			return err
		}
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, r := range []*rows{residents, moves, consents, accounts, agreed, facts, decisions} {
		if err := r.write(ctx, tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// seededAgo is how long it is since everybody was decided about. What was decided
// within a minute of a publication is written once more.
const seededAgo = 10 * time.Minute

func newID(at time.Time) string { return ulid.MustNew(ulid.Timestamp(at), rand.Reader).String() }

func (b *bench) seedOne(i int, set *rules.Set, residents, moves, consents, facts, decisions *rows) (resident string, err error) {
	now := time.Now().UTC().Truncate(time.Millisecond).Add(-seededAgo)
	began := now.Add(-40*24*time.Hour + time.Duration(i)*time.Millisecond)
	id, document := newID(began), newID(began)
	sealed, err := b.sealed(id)
	if err != nil {
		return "", err
	}
	mac, err := b.keys.MAC("residents.verified", fmt.Appendf(nil, "%s %s %d", id, document, began.UnixMilli()))
	if err != nil {
		return "", err
	}
	home := b.homes[i%len(b.homes)]
	residents.add(id, document, "330110", home, "passport", sealed[0], sealed[1], sealed[2], []byte{}, began.UnixMilli(), mac,
		"", began.UnixMilli(), began.UnixMilli(), 0)
	if mac, err = b.keys.MAC("moves", fmt.Appendf(nil, "%s 1 330110 %s  %d", id, home, began.UnixMilli())); err != nil {
		return "", err
	}
	moves.add(id, 1, "330110", home, "", began.UnixMilli(), mac)
	if err := b.seedConsent(id, began, consents); err != nil {
		return "", err
	}
	spread := time.Duration(i*7919%86_400) * time.Second // over a day, so that no two in a row lie together
	ill := now.Add(-30*24*time.Hour + spread)
	if i%5 == 0 {
		ill = now.Add(-12*24*time.Hour + spread)
	}
	known := []models.Fact{{ID: document, Kind: models.FactVerified, At: began, Source: "resident"},
		{Kind: models.FactSymptom, Code: "fever", At: ill}, {Kind: models.FactContact, Code: "no", At: ill},
		{Kind: models.FactDeclaration, Code: "health", At: now.Add(-5*24*time.Hour + spread)}}
	for k := range known {
		f := &known[k]
		if k == 0 {
			continue
		}
		f.ID, f.Source = newID(f.At), "declaration:"+newID(f.At)
		if mac, err = b.keys.MAC("facts", f.Canonical(id)); err != nil {
			return "", err
		}
		facts.add(f.ID, id, string(f.Kind), f.Code, "", "", f.At.UnixMilli(), 0, f.Source, f.At.UnixMilli(), mac)
	}
	return id, b.seedDecision(id, known, now, set, decisions)
}

// messageTemplate is what everybody agreed to be told by, once more.
const messageTemplate = "load"

func (b *bench) seedAccount(resident string, accounts, agreed *rows) error {
	now := time.Now()
	id := newID(now)
	sealed, err := b.keys.Seal("accounts", "open_id_sealed", id, []byte("load/"+resident))
	if err != nil {
		return err
	}
	mac, err := b.keys.MAC("accounts", fmt.Appendf(nil, "%s %s %s", id, platform.WeChat, resident))
	accounts.add(id, platform.WeChat, sealed, resident, now.UnixMilli(), 0, mac)
	agreed.add(id, messageTemplate, 1, now.UnixMilli())
	return err
}

func (b *bench) seedConsent(resident string, at time.Time, consents *rows) error {
	id, purpose := newID(at), models.PurposeRecords
	mac, err := b.keys.MAC("consents", fmt.Appendf(nil, "%s %s %s %d %d 0 1", id, resident, purpose, models.ConsentVersion, at.UnixMilli()))
	consents.add(id, resident, string(purpose), models.ConsentVersion, at.UnixMilli(), 0, 1, mac)
	return err
}

func (b *bench) sealed(id string) (sealed [3][]byte, err error) {
	for i, c := range [][2]string{{"number_sealed", "E12345678"}, {"name_sealed", "张三"}, {"phone_sealed", "13800138000"}} {
		if sealed[i], err = b.keys.Seal("residents", c[0], id, []byte(c[1])); err != nil {
			return sealed, err
		}
	}
	return sealed, nil
}

func (b *bench) seedDecision(id string, known []models.Fact, now time.Time, set *rules.Set, decisions *rows) error {
	d := models.Decision{ID: newID(now), ResidentID: id, Sequence: 1, Outcome: set.Decide(known, now), RuleSet: set.Name(), At: now}
	d.Until = d.Until.Truncate(time.Millisecond)
	for _, f := range known {
		d.Facts = append(d.Facts, f.ID)
	}
	slices.Sort(d.Facts)
	reasons, err := json.Marshal(d.Reasons)
	if err != nil {
		return err
	}
	mac, err := b.keys.MAC("decisions", d.Canonical())
	until := int64(0)
	if !d.Until.IsZero() {
		until = d.Until.UnixMilli()
	}
	decisions.add(d.ID, id, 1, d.Colour.String(), string(reasons), until, d.RuleSet, strings.Join(d.Facts, " "), now.UnixMilli(), mac)
	return err
}
