package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"healthcode/models"
)

// handedWithin is how long a community has when a gateway hands somebody over to it.
const handedWithin = 2 * time.Hour

// gateway refuses a guard who stands at a door.
func gateway(at models.Gate) error {
	if !at.Venue.Kind.Gateway() {
		return models.Refuse(models.ReasonGatewayRequired)
	}
	return nil
}

// Queue lists who waits at the guard's gateway. Whoever they are sees that the guard
// looked, once for each guard.
func (s *Store) Queue(ctx context.Context, at models.Gate) (list []models.Turn, err error) {
	if err := gateway(at); err != nil {
		return nil, err
	}
	r := s.reader(ctx)
	if list, err = r.waiting(at.Venue.ID); err != nil {
		return nil, err
	}
	unseen, err := r.unseen(at, list)
	if err != nil {
		return nil, err
	}
	if len(unseen) > 0 {
		err = s.change(ctx, at.Actor(), func(t *txn) error {
			for _, turn := range unseen {
				if err := t.access(turn.ResidentID, models.AccessQueue); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for i := 0; i < len(list) && err == nil; i++ {
		list[i].From = r.peerName(list[i].Peer)
		list[i].Name, err = r.nameIn(list[i])
	}
	return list, err
}

// unseen are those at whom this guard has not looked since they came.
func (r reader) unseen(at models.Gate, list []models.Turn) (unseen []models.Turn, err error) {
	for _, turn := range list {
		if turn.ResidentID == "" {
			continue
		}
		var looks int64
		err := r.db.Model(&accessRow{}).Where("resident_id = ? AND actor_id = ? AND purpose = ? AND at >= ?",
			turn.ResidentID, at.ID, string(models.AccessQueue), millis(turn.At)).Count(&looks).Error
		if err != nil {
			return nil, fmt.Errorf("queue: %w", err)
		}
		if looks == 0 {
			unseen = append(unseen, turn)
		}
	}
	return unseen, nil
}

// nameIn is the name of somebody who waits: of whoever is no resident here, as the
// guard took it down, and none of somebody of elsewhere.
func (r reader) nameIn(turn models.Turn) (models.Name, error) {
	if turn.Peer != "" {
		return models.Name{}, nil
	}
	if turn.ResidentID == "" {
		a, err := r.arrivalOf("id = ?", turn.ArrivalID)
		if err != nil || a.Taken == nil {
			return models.Name{}, ignore(err, models.NotFound)
		}
		return a.Taken.Guest.Name, nil
	}
	var row residentRow
	if err := found(r.db.Where("id = ?", turn.ResidentID).Take(&row).Error); err != nil {
		return models.Name{}, err
	}
	return r.unsealName("residents", "name_sealed", row.ID, row.NameSealed)
}

// Call calls somebody who waits at the guard's gateway to the check.
func (s *Store) Call(ctx context.Context, at models.Gate, id string) error {
	return s.change(ctx, at.Actor(), func(t *txn) error {
		turn, err := t.lockTurn(at, id)
		if err != nil {
			return err
		}
		switch {
		case !turn.Waits():
			return models.Refuse(models.ReasonTurnClosed)
		case turn.CalledBy == at.ID:
			return nil
		case turn.CalledBy != "":
			return models.Refuse(models.ReasonTurnCalled)
		}
		err = t.db.Model(&turnRow{}).Where("id = ?", id).Updates(map[string]any{"called_by": at.ID, "called_at": millis(t.at)}).Error
		if err != nil {
			return err
		}
		return t.audit("queue.call", "turn", id, "")
	})
}

// lockTurn reads a place in the queue of the guard's gateway for changing it. One at
// another gateway is as if it were not.
func (t *txn) lockTurn(at models.Gate, id string) (models.Turn, error) {
	if err := gateway(at); err != nil {
		return models.Turn{}, err
	}
	var row turnRow
	err := t.lock(&row, "id = ? AND venue_id = ?", id, at.Venue.ID)
	if err != nil {
		return models.Turn{}, unknownTurn(err)
	}
	turn, err := t.reader().turnOf(row)
	if err != nil {
		return turn, unknownTurn(err)
	}
	gone, err := t.reader().left(turn.ResidentID)
	if gone {
		err = models.Refuse(models.ReasonTurnUnknown)
	}
	return turn, err
}

func unknownTurn(err error) error {
	if errors.Is(err, models.NotFound) {
		return models.Refuse(models.ReasonTurnUnknown)
	}
	return err
}

// Check writes down what the check came to. Whoever reviews the arrival sees it there.
// It is no evidence: a guard changes nobody's colour.
func (s *Store) Check(ctx context.Context, at models.Gate, id string, outcome models.Checked) error {
	if !outcome.Valid() {
		return models.Refuse(models.ReasonTurnOutcome).On("outcome")
	}
	return s.change(ctx, at.Actor(), func(t *txn) error {
		turn, err := t.lockTurn(at, id)
		if err != nil {
			return err
		}
		if !turn.Waits() && turn.Outcome == outcome && turn.ClosedBy == at.ID {
			return nil // their answer was lost
		}
		if !turn.Waits() {
			return models.Refuse(models.ReasonTurnClosed)
		}
		row := checkedRow{EntryID: id, StaffID: at.ID, Outcome: string(outcome), At: millis(t.at)}
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := raced(t.insert(&row)); err != nil {
			return err
		}
		if outcome == models.CheckedHanded {
			if err := t.handOver(turn); err != nil {
				return err
			}
		}
		return t.audit("queue.check", "turn", id, row.Outcome)
	})
}

// handOver has the community that somebody goes to look at them sooner: by their
// review, or by another one where that is judged already.
func (t *txn) handOver(turn models.Turn) error {
	arrival, err := t.arrivalOn(turn)
	if errors.Is(err, models.NotFound) {
		return models.Refuse(models.ReasonTurnUndeclared)
	}
	if err != nil {
		return err
	}
	var open reviewRow
	err = t.lock(&open, "kind = ? AND subject_id = ? AND judged_at = 0", string(models.ReviewArrival), arrival.ID)
	if errors.Is(err, models.NotFound) {
		return t.openReview(models.ReviewArrival, arrival.ResidentID, arrival.ID, arrival.Community, handedWithin)
	}
	if err != nil || open.DueAt <= millis(t.at.Add(handedWithin)) {
		return err
	}
	return t.db.Model(&reviewRow{}).Where("id = ?", open.ID).Update("due_at", millis(t.at.Add(handedWithin))).Error
}

// arrivalOn is the arrival that somebody who waits is on, declared before or since.
func (t *txn) arrivalOn(turn models.Turn) (models.Arrival, error) {
	if turn.ArrivalID != "" {
		return t.reader().arrivalOf("id = ?", turn.ArrivalID)
	}
	if turn.ResidentID == "" {
		return t.reader().arrivalNow(t.at, "peer = ? AND handle = ?", turn.Peer, turn.Handle)
	}
	return t.reader().arrivalNow(t.at, "resident_id = ?", turn.ResidentID)
}
