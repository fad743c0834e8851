package store

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"healthcode/models"
)

// How long a session lasts, by what it is for, and how often its last use is
// written down. A resident's phone stays signed in for a season; staff for a
// shift; a client for an hour, as access tokens do.
const (
	accountSessionLife = 90 * 24 * time.Hour
	staffSessionLife   = 12 * time.Hour
	clientTokenLife    = time.Hour
	ticketLife         = time.Minute
	seenEvery          = time.Hour
)

// What a session is of.
const (
	sessionAccount = "account"
	sessionStaff   = "staff"
	sessionClient  = "client"
)

var sessionLives = map[string]time.Duration{
	sessionAccount: accountSessionLife,
	sessionStaff:   staffSessionLife,
	sessionClient:  clientTokenLife,
}

type sessionRow struct {
	ID        string
	Hash      []byte
	Kind      string
	SubjectID string
	VenueID   string
	Device    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	SeenAt    int64
	ExpiresAt int64
	EndedAt   int64
	MAC       []byte `gorm:"column:mac"`
	VenueMAC  []byte `gorm:"column:venue_mac"`
}

func (sessionRow) TableName() string { return "sessions" }

type ticketRow struct {
	Hash      []byte `gorm:"primaryKey"`
	AccountID string
	ExpiresAt int64
	UsedAt    int64
	MAC       []byte `gorm:"column:mac"`
}

func (ticketRow) TableName() string { return "tickets" }

// token makes 256 random bits in URL-safe base64.
func (s *Store) token() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// beginSession opens a session of the subject and gives its token.
func (t *txn) beginSession(kind, subject, device string) (string, error) {
	token, err := t.token()
	if err != nil {
		return "", err
	}
	row := sessionRow{ID: t.id(), Hash: t.Vault.HashToken("session", []byte(token)), Kind: kind, SubjectID: subject,
		Device: shorten(device, 120), CreatedAt: millis(t.at), SeenAt: millis(t.at),
		ExpiresAt: millis(t.at.Add(sessionLives[kind]))}
	if row.MAC, err = t.vouch(row); err != nil {
		return "", err
	}
	if err := t.insert(&row); err != nil {
		return "", err
	}
	return token, t.audit("session.begin", kind, subject, row.ID)
}

func shorten(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}

// session finds a live session of that kind by its token.
func (s *Store) session(ctx context.Context, kind, token string) (sessionRow, error) {
	var row sessionRow
	if token == "" {
		return row, models.Refuse(models.ReasonLoginRequired)
	}
	hash := s.Vault.HashToken("session", []byte(token))
	err := s.read.WithContext(ctx).Where("hash = ?", hash).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row, models.Refuse(models.ReasonLoginRequired)
	}
	if err != nil {
		return row, fmt.Errorf("session: %w", err)
	}
	now := millis(s.Now())
	if row.Kind != kind || row.EndedAt != 0 || now >= row.ExpiresAt || !s.vouched(row, row.ID, row.MAC) {
		return row, models.Refuse(models.ReasonLoginRequired)
	}
	if now-row.SeenAt > seenEvery.Milliseconds() {
		err = s.write.WithContext(ctx).Model(&sessionRow{}).Where("id = ?", row.ID).Update("seen_at", now).Error
	}
	return row, err
}

// Ticket makes what opens one more session of the account, once, within a
// minute: a shell hands it to the page that it opens.
func (s *Store) Ticket(ctx context.Context, me models.Account) (ticket string, err error) {
	err = s.change(ctx, me.Actor(), func(t *txn) error {
		if ticket, err = t.token(); err != nil {
			return err
		}
		row := ticketRow{Hash: t.Vault.HashToken("ticket", []byte(ticket)), AccountID: me.ID, ExpiresAt: millis(t.at.Add(ticketLife))}
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		return t.insert(&row)
	})
	return ticket, err
}

// RedeemTicket gives a session for a ticket, which is then used up.
func (s *Store) RedeemTicket(ctx context.Context, ticket, device string) (token string, err error) {
	by := models.Actor{Kind: models.ActorAccount, ID: "ticket"}
	err = s.change(ctx, by, func(t *txn) error {
		var row ticketRow
		err := t.lock(&row, "hash = ?", t.Vault.HashToken("ticket", []byte(ticket)))
		if errors.Is(err, models.NotFound) || err == nil && (row.UsedAt != 0 || millis(t.at) >= row.ExpiresAt || !t.vouched(row, "ticket", row.MAC)) {
			return models.Refuse(models.ReasonTicket)
		}
		if err != nil {
			return err
		}
		if err := t.db.Model(&row).Update("used_at", millis(t.at)).Error; err != nil {
			return err
		}
		t.by.ID = row.AccountID
		token, err = t.beginSession(sessionAccount, row.AccountID, device)
		return err
	})
	return token, err
}

// Sessions lists the phones and browsers that are signed in as the resident.
func (s *Store) Sessions(ctx context.Context, me models.Resident) ([]models.Session, error) {
	var rows []struct {
		Session  sessionRow `gorm:"embedded"`
		Platform string
	}
	err := s.read.WithContext(ctx).Table("sessions").
		Select("sessions.*, accounts.platform").
		Joins("JOIN accounts ON accounts.id = sessions.subject_id").
		Where("accounts.resident_id = ? AND sessions.kind = ? AND sessions.ended_at = 0 AND sessions.expires_at > ?",
			me.ID, sessionAccount, millis(s.Now())).
		Order("sessions.seen_at DESC, sessions.id DESC").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	list := make([]models.Session, len(rows))
	for i, row := range rows {
		r := row.Session
		list[i] = models.Session{ID: r.ID, Platform: row.Platform, Device: r.Device, CreatedAt: instant(r.CreatedAt),
			SeenAt: instant(r.SeenAt), ExpiresAt: instant(r.ExpiresAt), Current: r.ID == me.SessionID}
	}
	return list, nil
}

// EndSession signs out one phone of the resident: its session ends and the
// passes that it holds are refused from now on.
func (s *Store) EndSession(ctx context.Context, me models.Resident, sessionID string) error {
	return s.change(ctx, me.Actor(), func(t *txn) error {
		t.touch(sessionID)
		own := t.db.Table("accounts").Select("id").Where("resident_id = ?", me.ID)
		done := t.db.Model(&sessionRow{}).
			Where("id = ? AND kind = ? AND ended_at = 0 AND subject_id IN (?)", sessionID, sessionAccount, own).
			Update("ended_at", millis(t.at))
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return models.Refuse(models.ReasonSessionUnknown)
		}
		return t.audit("session.end", "session", sessionID, "")
	})
}

// SignOut ends the session that a request came with, whatever it is of.
func (s *Store) SignOut(ctx context.Context, by models.Actor, sessionID string) error {
	return s.change(ctx, by, func(t *txn) error {
		t.touch(sessionID)
		err := t.db.Model(&sessionRow{}).Where("id = ?", sessionID).Update("ended_at", millis(t.at)).Error
		if err != nil {
			return err
		}
		return t.audit("session.end", "session", sessionID, "")
	})
}
