package store

import (
	"cmp"
	"database/sql"
	"slices"

	"healthcode/models"
)

// evidence reads everything that may speak about any of them: their facts, which are
// most of it, beside all else.
func (c *crowd) evidence() error {
	err := c.together(
		func() error { return c.facts(c.of("resident_id")) },
		func() error { return c.beside() },
	)
	if err != nil {
		return err
	}
	verified := false
	for i := range c.people {
		p := &c.people[i]
		verified = verified || p.verified
		slices.SortFunc(p.evidence.facts, func(a, b factRow) int { return cmp.Compare(a.ID, b.ID) })
		slices.SortFunc(p.evidence.said, func(a, b consentRow) int { return cmp.Compare(b.Sequence, a.Sequence) })
	}
	if !verified {
		return nil
	}
	return c.tests(c.of("r.id"))
}

// beside reads what there is besides facts and tests.
func (c *crowd) beside() error {
	for _, read := range []func(where string, args []any) error{c.withdrawals, c.stays} {
		if err := read(c.of("resident_id")); err != nil {
			return err
		}
	}
	if err := c.listings(); err != nil {
		return err
	}
	verified := false
	for i := range c.people {
		p := &c.people[i]
		p.verified = c.verified(p.row)
		verified = verified || p.verified
		slices.SortFunc(p.evidence.stays, func(a, b stayRow) int { return cmp.Compare(a.ID, b.ID) })
	}
	if !verified {
		return nil
	}
	return c.consents(c.of("resident_id"))
}

func (c *crowd) withdrawals(where string, args []any) error {
	return c.each("withdrawals", "SELECT source, resident_id, at, mac FROM withdrawals WHERE "+where, args, func(rows *sql.Rows) error {
		var w withdrawalRow
		if err := rows.Scan(&w.Source, &w.ResidentID, &w.At, &w.MAC); err != nil {
			return err
		}
		if i, here := c.index[w.ResidentID]; here {
			c.people[i].withdrawals = append(c.people[i].withdrawals, w)
		}
		return nil
	})
}

func (c *crowd) facts(where string, args []any) error {
	return c.each("facts", "SELECT id, resident_id, kind, code, level, result, at, until_at, source, mac FROM facts WHERE "+where, args, func(rows *sql.Rows) error {
		var f factRow
		var resident, kind, code, level, result sql.RawBytes
		if err := rows.Scan(&f.ID, &resident, &kind, &code, &level, &result, &f.At, &f.UntilAt, &f.Source, &f.MAC); err != nil {
			return err
		}
		if i, here := c.index[string(resident)]; here {
			p := &c.people[i]
			f.ResidentID, f.Kind, f.Code = p.row.ID, c.seen.word(kind), c.seen.word(code)
			f.Level, f.Result = c.seen.word(level), c.seen.word(result)
			if p.evidence.facts == nil {
				p.evidence.facts = make([]factRow, 0, 4) // most have no more
			}
			p.evidence.facts = append(p.evidence.facts, f)
		}
		return nil
	})
}

func (c *crowd) stays(where string, args []any) error {
	return c.each("stays", "SELECT id, declaration_id, resident_id, place, from_at, to_at, mac FROM stays WHERE "+where, args, func(rows *sql.Rows) error {
		var s stayRow
		if err := rows.Scan(&s.ID, &s.DeclarationID, &s.ResidentID, &s.Place, &s.FromAt, &s.ToAt, &s.MAC); err != nil {
			return err
		}
		if i, here := c.index[s.ResidentID]; here {
			c.people[i].evidence.stays = append(c.people[i].evidence.stays, s)
		}
		return nil
	})
}

// listings gives everybody who stayed anywhere the listings of all those places:
// which of them meet whose stay, [Store.meet] says.
func (c *crowd) listings() error {
	var stays []stayRow
	for i := range c.people { // nothing else of them is looked at: their facts are being read
		stays = append(stays, c.people[i].evidence.stays...)
	}
	rows, err := c.reader(c.ctx).listings(stays)
	for i := range c.people {
		if len(c.people[i].evidence.stays) > 0 {
			c.people[i].evidence.listings = rows
		}
	}
	return err
}

func (c *crowd) consents(where string, args []any) error {
	return c.each("consents", "SELECT id, resident_id, purpose, version, given_at, withdrawn_at, sequence, mac FROM consents WHERE "+where+
		" AND purpose = ?", append(args, string(models.PurposeRecords)), func(rows *sql.Rows) error {
		var r consentRow
		if err := rows.Scan(&r.ID, &r.ResidentID, &r.Purpose, &r.Version, &r.GivenAt, &r.WithdrawnAt, &r.Sequence, &r.MAC); err != nil {
			return err
		}
		if i, here := c.index[r.ResidentID]; here && c.people[i].verified {
			c.people[i].evidence.said = append(c.people[i].evidence.said, r)
		}
		return nil
	})
}

func (c *crowd) tests(where string, args []any) error {
	return c.each("tests", `SELECT r.id, t.id, t.document_id, t.kind, t.result, t.sampled_at, t.lab, t.mac FROM residents r
		JOIN tests t ON t.document_id = r.document_id WHERE `+where+" ORDER BY r.id, t.sampled_at DESC, t.id DESC", args, func(rows *sql.Rows) error {
		var t testRow
		var resident sql.RawBytes
		if err := rows.Scan(&resident, &t.ID, &t.DocumentID, &t.Kind, &t.Result, &t.SampledAt, &t.Lab, &t.MAC); err != nil {
			return err
		}
		if i, here := c.index[string(resident)]; here && c.people[i].verified {
			c.people[i].evidence.tests = append(c.people[i].evidence.tests, t)
		}
		return nil
	})
}
