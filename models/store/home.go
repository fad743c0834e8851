package store

import (
	"database/sql"
	"fmt"
	"slices"

	"healthcode/models"
)

// nowhere is the home of those for whose home nobody vouches, and of those who have
// closed their code. No rules decide about them: they are grey.
const nowhere = "none"

// moveRow says where a resident lives from then on; the first is their registration's.
// Moves are only ever inserted, and the latest that verifies counts. What stands in
// the row of the resident is for finding them by: whoever can write there moves
// nobody, and brings back neither an earlier home nor a code that was closed.
type moveRow struct {
	ResidentID   string `gorm:"primaryKey"`
	Sequence     int64  `gorm:"primaryKey;autoIncrement:false"`
	Jurisdiction string
	CommunityID  string
	MergedInto   string // the resident as whom they go on
	At           int64
	MAC          []byte `gorm:"column:mac"`
}

func (moveRow) TableName() string { return "moves" }

func (r moveRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %d %s %s %s %d", r.ResidentID, r.Sequence, r.Jurisdiction, r.CommunityID, r.MergedInto, r.At)
}

// settle puts the resident where they live, whatever their row says, given their
// moves, the latest first.
func (s *Store) settle(row *residentRow, moves []moveRow) {
	said, home := *row, moveRow{Jurisdiction: nowhere, CommunityID: nowhere}
	i := slices.IndexFunc(moves, func(m moveRow) bool { return s.vouched(m, m.ResidentID, m.MAC) })
	if i >= 0 {
		home = moves[i]
	}
	row.Jurisdiction, row.CommunityID, row.ClosedAt = home.Jurisdiction, home.CommunityID, 0
	same := said.ClosedAt == 0 && said.Jurisdiction == home.Jurisdiction && said.CommunityID == home.CommunityID
	if i >= 0 && home.Jurisdiction == nowhere {
		row.ClosedAt, same = home.At, said.ClosedAt != 0
	}
	if i < 0 || !same {
		s.alarm("homes", row.ID)
	}
}

// settled is the resident where they live.
func (r reader) settled(row residentRow) (residentRow, error) {
	moves, err := r.moveRows(row.ID)
	if err == nil {
		r.settle(&row, moves)
	}
	return row, err
}

// moveRows are the resident's moves, the latest first.
func (r reader) moveRows(residentID string) (rows []moveRow, err error) {
	if err := r.db.Where("resident_id = ?", residentID).Order("sequence DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("moves: %w", err)
	}
	return rows, nil
}

// became reports whether one resident goes on as the other.
func (r reader) became(residentID, other string) (bool, error) {
	moves, err := r.moveRows(residentID)
	return slices.ContainsFunc(moves, func(m moveRow) bool {
		return m.MergedInto == other && r.vouched(m, m.ResidentID, m.MAC)
	}), err
}

// settleAll puts everybody where they live, and drops those who have closed their
// code and those whom nobody wants there.
func (c *crowd) settleAll(wanted func(jurisdiction string) bool) error {
	if len(c.people) == 0 {
		return nil
	}
	moves, err := c.moves(c.of("resident_id"))
	if err != nil {
		return err
	}
	all := c.people
	c.people = c.people[:0]
	for i := range all {
		row := &all[i].row
		if wanted != nil && !wanted(row.Jurisdiction) && !slices.ContainsFunc(moves[i], func(m moveRow) bool { return wanted(m.Jurisdiction) }) {
			continue // wherever they live, it is not there
		}
		c.settle(row, moves[i])
		if row.ClosedAt == 0 && (wanted == nil || wanted(row.Jurisdiction)) {
			c.index[row.ID] = len(c.people)
			c.people = append(c.people, all[i])
		}
	}
	return nil
}

// moves reads the moves of everybody, the latest of each first. They come in the
// order of the people.
func (c *crowd) moves(where string, args []any) ([][]moveRow, error) {
	moves, i := make([][]moveRow, len(c.people)), 0
	err := c.each("moves", "SELECT resident_id, sequence, jurisdiction, community_id, merged_into, at, mac FROM moves WHERE "+where+
		" ORDER BY resident_id, sequence DESC", args, func(rows *sql.Rows) error {
		var m moveRow
		var resident, jurisdiction, community sql.RawBytes
		if err := rows.Scan(&resident, &m.Sequence, &jurisdiction, &community, &m.MergedInto, &m.At, &m.MAC); err != nil {
			return err
		}
		for i < len(moves) && c.people[i].row.ID < string(resident) {
			i++
		}
		if i < len(moves) && c.people[i].row.ID == string(resident) {
			m.ResidentID, m.Jurisdiction, m.CommunityID = c.people[i].row.ID, c.seen.word(jurisdiction), c.seen.word(community)
			moves[i] = append(moves[i], m)
		}
		return nil
	})
	return moves, err
}

// moveHome has the resident live in another community, under the rules there. They
// are decided about at once: a decision from before must not look like one of the
// home that somebody puts back into their row.
func (t *txn) moveHome(residentID string, to models.Community) error {
	row, home, err := t.lockHome(residentID)
	if err != nil {
		return err
	}
	if home.ClosedAt != 0 {
		return models.NotFound
	}
	if row.CommunityID == to.ID && home.CommunityID == to.ID && t.Today(home.Jurisdiction) == to.Jurisdiction {
		return nil
	}
	if err := t.insertMove(moveRow{ResidentID: residentID, Jurisdiction: to.Jurisdiction, CommunityID: to.ID}); err != nil {
		return err
	}
	t.touch(residentID)
	err = t.db.Model(&residentRow{}).Where("id = ?", residentID).Updates(map[string]any{"jurisdiction": to.Jurisdiction,
		"community_id": to.ID, "updated_at": millis(t.at)}).Error
	if err != nil {
		return err
	}
	if err := t.audit("resident.move", "resident", residentID, to.ID); err != nil {
		return err
	}
	_, err = t.decide(residentID)
	return err
}

// lockHome reads the resident for changing them: what their row says, and the same
// where they live.
func (t *txn) lockHome(residentID string) (row, home residentRow, err error) {
	if err := t.lock(&row, "id = ?", residentID); err != nil {
		return row, home, err
	}
	home, err = t.reader().settled(row)
	return row, home, err
}

// insertMove adds a move. Its number is above those of rows that do not verify, too.
func (t *txn) insertMove(row moveRow) error {
	row.At = millis(t.at)
	err := t.db.Model(&moveRow{}).Where("resident_id = ?", row.ResidentID).Select("COALESCE(MAX(sequence), 0) + 1").Scan(&row.Sequence).Error
	if err != nil {
		return err
	}
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	return raced(t.insert(&row))
}

// leave has the resident live nowhere, or go on as another. The decision that goes
// with it follows all others, so that none of them counts again.
func (t *txn) leave(residentID, into string) error {
	if err := t.insertMove(moveRow{ResidentID: residentID, Jurisdiction: nowhere, CommunityID: nowhere, MergedInto: into}); err != nil {
		return err
	}
	last, err := t.reader().latest(residentID)
	if err = ignore(err, models.NotFound); err != nil {
		return err
	}
	d := homeless(residentID, t.at)
	d.ID, d.Sequence = t.id(), last.Sequence+1
	return t.insertDecision(d)
}
