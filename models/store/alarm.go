package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"healthcode/models"
)

type alarmRow struct {
	ID        string
	Kind      string
	Office    string
	Lever     string
	SubjectID string
	ActorID   string
	People    int64
	At        int64
}

func (alarmRow) TableName() string { return "alarms" }

// raise tells the auditors of what an office does, once the transaction is through.
func (t *txn) raise(kind models.AlarmKind, office string, lever models.Lever, subject string, people int64) error {
	t.raised = append(t.raised, string(kind))
	return t.insert(&alarmRow{ID: t.id(), Kind: string(kind), Office: office, Lever: string(lever), SubjectID: subject,
		ActorID: t.by.ID, People: people, At: millis(t.at)})
}

// attempted tells the auditors of what was refused, in a transaction of its own:
// that of the attempt changes nothing. The refusal itself comes back.
func (s *Store) attempted(ctx context.Context, by models.Actor, office string, lever models.Lever, subject string, refusal error) error {
	kind, alarming := models.AlarmKind(""), true
	var p *models.Problem
	if !errors.As(refusal, &p) {
		return refusal
	}
	switch p.Reason {
	case models.ReasonProposalOwn, models.ReasonDraftOwn:
		kind = models.AlarmOwn
	case models.ReasonProposalAbove, models.ReasonDraftAbove:
		kind = models.AlarmCap
	default:
		alarming = false
	}
	if !alarming {
		return refusal
	}
	err := s.change(ctx, by, func(t *txn) error { return t.raise(kind, office, lever, subject, 0) })
	if err != nil {
		s.Log.Error("attempt not told", "lever", lever, "error", err.Error())
	}
	return refusal
}

// alarmsShown is how many alarms an auditor is shown at once.
const alarmsShown = 200

// Alarms lists what the offices did that the auditor watches, the latest first:
// those below their own place. Nobody audits the office that they sit in; the
// nation's auditors watch the nation too, since nobody is above it. Forged rows are
// no office's, and told to all.
func (s *Store) Alarms(ctx context.Context, by models.Auditor) (list []models.Alarm, unread int, err error) {
	var rows []alarmRow
	own := s.offices(by.Jurisdiction)
	if models.PlacePrefix(by.Jurisdiction) == "" {
		own = []string{"-"} // the nation watches itself
	}
	below, args := s.inside("office", by.Jurisdiction)
	query := s.read.WithContext(ctx).Where("office = '' OR "+below+" AND office NOT IN ?", append(args, own)...)
	if err := query.Order("at DESC, id DESC").Limit(alarmsShown).Find(&rows).Error; err != nil {
		return nil, 0, fmt.Errorf("alarms: %w", err)
	}
	var me staffRow
	if err := found(s.read.WithContext(ctx).Where("id = ?", by.ID).Take(&me).Error); err != nil {
		return nil, 0, err
	}
	for _, row := range rows {
		list = append(list, models.Alarm{ID: row.ID, Kind: models.AlarmKind(row.Kind), Office: row.Office, Lever: models.Lever(row.Lever),
			Subject: row.SubjectID, By: row.ActorID, People: row.People, At: instant(row.At)})
		if row.At > me.AlarmsReadAt {
			unread++
		}
	}
	return list, unread, nil
}

// ReadAlarms writes down that the auditor has read every alarm up to that instant.
func (s *Store) ReadAlarms(ctx context.Context, by models.Auditor, upTo time.Time) error {
	return s.change(ctx, by.Actor(), func(t *txn) error {
		err := t.db.Model(&staffRow{}).Where("id = ? AND alarms_read_at < ?", by.ID, millis(upTo)).Update("alarms_read_at", millis(upTo)).Error
		if err != nil {
			return err
		}
		return t.audit("alarm.read", "staff", by.ID, "")
	})
}
