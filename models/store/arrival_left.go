package store

import (
	"errors"

	"healthcode/models"
)

// stillThere drops those from a queue who have closed their code: nothing is left of them
// that a guard could call, and none of it is the guard's to see. Whoever is only said to
// have closed it waits on.
func (r reader) stillThere(list []models.Turn) ([]models.Turn, error) {
	there := list[:0]
	for _, turn := range list {
		gone, err := r.left(turn.ResidentID)
		if err != nil {
			return nil, err
		}
		if !gone {
			there = append(there, turn)
		}
	}
	return there, nil
}

// left reports whether somebody who waits has closed their code. A guest has none.
func (r reader) left(residentID string) (bool, error) {
	if residentID == "" {
		return false, nil
	}
	var row residentRow
	err := found(r.db.Where("id = ?", residentID).Take(&row).Error)
	if errors.Is(err, models.NotFound) {
		return true, nil
	}
	if err == nil {
		row, err = r.settled(row)
	}
	return row.ClosedAt != 0, err
}

// carryTurns gives the newcomer's places in queues to the holder, so that one person keeps
// one number. Where the holder has a number of the same day and arrival already, that is
// theirs, and the newcomer's goes with their registration.
func (t *txn) carryTurns(from, to string) error {
	return carry(t, t.db.Where("resident_id = ? AND NOT EXISTS (SELECT 1 FROM arrival_queue theirs WHERE theirs.resident_id = ?"+
		" AND theirs.venue_id = arrival_queue.venue_id AND theirs.day = arrival_queue.day AND theirs.arrival_id = arrival_queue.arrival_id)", from, to),
		to, func(r *turnRow) (string, *string, []byte) { return r.ID, &r.ResidentID, r.MAC })
}
