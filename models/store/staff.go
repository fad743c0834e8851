package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"healthcode/models"
)

type staffRow struct {
	ID           string
	Username     string
	Display      string
	Role         string
	Jurisdiction string
	VenueID      string
	DocumentType string
	NumberSealed []byte
	PasswordHash string
	TOTPSealed   []byte `gorm:"column:totp_sealed"`
	TOTPStep     int64  `gorm:"column:totp_step"`
	MadeBy       string
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
	DisabledAt   int64
	AlarmsReadAt int64
	MAC          []byte `gorm:"column:mac"`
}

func (staffRow) TableName() string { return "staff" }

type staffCommunityRow struct {
	StaffID     string `gorm:"primaryKey"`
	CommunityID string `gorm:"primaryKey"`
	MAC         []byte `gorm:"column:mac"`
}

func (staffCommunityRow) TableName() string { return "staff_communities" }

// totpPeriod is how long a code of the second factor holds, in seconds (RFC 6238).
const totpPeriod = 30

// SignInStaff checks a username, a password and a code of the second factor, and
// begins a session. Whatever is wrong, the answer is the same, and takes as long.
func (s *Store) SignInStaff(ctx context.Context, in StaffSignIn) (token string, err error) {
	var row staffRow
	err = found(s.read.WithContext(ctx).Where("username = ? AND disabled_at = 0", in.Username).Take(&row).Error)
	if err != nil && !errors.Is(err, models.NotFound) {
		return "", fmt.Errorf("staff: %w", err)
	}
	if !checkPassword(row.PasswordHash, in.Password) || row.ID == "" || !s.vouched(row, row.ID, row.MAC) {
		return "", models.Refuse(models.ReasonLoginStaff)
	}
	by := models.Actor{Kind: models.ActorStaff, ID: row.ID, Display: row.Display}
	err = s.change(ctx, by, func(t *txn) error {
		if err := t.lock(&row, "id = ? AND disabled_at = 0", row.ID); err != nil {
			return err
		}
		step, err := t.factorStep(row, in.Code)
		if err != nil {
			return err
		}
		if err := t.db.Model(&staffRow{}).Where("id = ?", row.ID).Update("totp_step", step).Error; err != nil {
			return err
		}
		token, err = t.beginSession(sessionStaff, row.ID, in.Device)
		return err
	})
	return token, err
}

// StaffSignIn is what a member of staff types.
type StaffSignIn struct {
	Username string
	Password string
	Code     string // six digits of the second factor
	Device   string
}

// factorStep checks a code of the second factor and gives its time step. A step
// is good once: whoever looked over a shoulder cannot use it again.
func (t *txn) factorStep(row staffRow, code string) (int64, error) {
	secret, err := t.Vault.Unseal("staff", "totp_sealed", row.ID, row.TOTPSealed)
	if err != nil {
		return 0, err
	}
	now := t.at.Unix() / totpPeriod
	for step := max(now-1, row.TOTPStep+1); step <= now+1; step++ {
		want, err := totpCode(string(secret), step)
		if err != nil {
			return 0, err
		}
		if want == code {
			return step, nil
		}
	}
	return 0, models.Refuse(models.ReasonLoginStaff)
}

func totpCode(secret string, step int64) (string, error) {
	return totp.GenerateCodeCustom(secret, time.Unix(step*totpPeriod, 0),
		totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// Staff is the member of staff whose session the token is.
func (s *Store) Staff(ctx context.Context, token string) (models.Staff, error) {
	session, err := s.session(ctx, sessionStaff, token)
	if err != nil {
		return models.Staff{}, err
	}
	var row staffRow
	err = found(s.read.WithContext(ctx).Where("id = ? AND disabled_at = 0", session.SubjectID).Take(&row).Error)
	if errors.Is(err, models.NotFound) || err == nil && !s.vouched(row, row.ID, row.MAC) {
		return models.Staff{}, models.Refuse(models.ReasonLoginRequired)
	}
	if err != nil {
		return models.Staff{}, fmt.Errorf("staff: %w", err)
	}
	out := models.Staff{ID: row.ID, Username: row.Username, Display: row.Display, Role: models.Role(row.Role),
		Jurisdiction: s.law.Load().mergers.Office(row.Jurisdiction), VenueID: row.VenueID, SessionID: session.ID}
	if session.VenueID != "" {
		if !s.Vault.CheckMAC(macStand, session.standBytes(), session.VenueMAC) {
			s.alarm("sessions", session.ID)
			return out, models.Refuse(models.ReasonLoginRequired)
		}
		out.VenueID = session.VenueID
	}
	var looksAfter []staffCommunityRow
	if err := s.read.WithContext(ctx).Where("staff_id = ?", row.ID).Order("community_id").Find(&looksAfter).Error; err != nil {
		return out, err
	}
	for _, c := range looksAfter {
		if s.vouched(c, row.ID, c.MAC) {
			out.Communities = append(out.Communities, c.CommunityID)
		}
	}
	return out, nil
}

// Worker is the community worker whose session the token is.
func (s *Store) Worker(ctx context.Context, token string) (models.Worker, error) {
	staff, err := s.inRole(ctx, token, models.RoleWorker)
	return models.Worker{Staff: staff}, err
}

// Lead is the lead whose session the token is.
func (s *Store) Lead(ctx context.Context, token string) (models.Lead, error) {
	staff, err := s.inRole(ctx, token, models.RoleLead)
	return models.Lead{Staff: staff}, err
}

// Epidemiologist is the epidemiologist whose session the token is.
func (s *Store) Epidemiologist(ctx context.Context, token string) (models.Epidemiologist, error) {
	staff, err := s.inRole(ctx, token, models.RoleEpidemiologist)
	return models.Epidemiologist{Staff: staff}, err
}

// Proposer is the member of staff whose session the token is, in a role that enters
// proposals or agrees to them.
func (s *Store) Proposer(ctx context.Context, token string) (models.Proposer, error) {
	staff, err := s.Staff(ctx, token)
	if err == nil && !staff.Role.Proposes() {
		err = models.Refuse(models.ReasonForbidden)
	}
	return models.Proposer{Staff: staff}, err
}

// Observer is the member of staff whose session the token is, in a role that reads what
// was counted.
func (s *Store) Observer(ctx context.Context, token string) (models.Observer, error) {
	staff, err := s.Staff(ctx, token)
	if err == nil && !staff.Role.Observes() {
		err = models.Refuse(models.ReasonForbidden)
	}
	return models.Observer{Staff: staff}, err
}

// Auditor is the auditor whose session the token is.
func (s *Store) Auditor(ctx context.Context, token string) (models.Auditor, error) {
	staff, err := s.inRole(ctx, token, models.RoleAuditor)
	return models.Auditor{Staff: staff}, err
}

// Administrator is the administrator whose session the token is.
func (s *Store) Administrator(ctx context.Context, token string) (models.Administrator, error) {
	staff, err := s.inRole(ctx, token, models.RoleAdministrator)
	return models.Administrator{Staff: staff}, err
}

// Gate is the guard whose session the token is, at their venue. The problem is
// gate.venue_required while they stand at none.
func (s *Store) Gate(ctx context.Context, token string) (models.Gate, error) {
	staff, err := s.inRole(ctx, token, models.RoleGuard)
	if err != nil {
		return models.Gate{}, err
	}
	if staff.VenueID == "" {
		return models.Gate{}, models.Refuse(models.ReasonGateVenueNeeded)
	}
	venue, err := s.Venue(ctx, staff.VenueID)
	return models.Gate{Staff: staff, Venue: venue}, err
}

// Guard is the guard whose session the token is, wherever they stand.
func (s *Store) Guard(ctx context.Context, token string) (models.Guard, error) {
	staff, err := s.inRole(ctx, token, models.RoleGuard)
	return models.Guard{Staff: staff}, err
}

func (s *Store) inRole(ctx context.Context, token string, role models.Role) (models.Staff, error) {
	staff, err := s.Staff(ctx, token)
	if err == nil && staff.Role != role {
		err = models.Refuse(models.ReasonForbidden)
	}
	return staff, err
}

const macStand = "sessions.venue"

// standBytes is where a guard stands, and so where others are said to have been.
func (r sessionRow) standBytes() []byte { return []byte(r.ID + " " + r.VenueID) }

// Stand puts the guard at a venue of their jurisdiction for this session.
func (s *Store) Stand(ctx context.Context, by models.Guard, venueID string) (models.Venue, error) {
	v, err := s.VenueWithin(ctx, by.Jurisdiction, venueID)
	if err != nil {
		return models.Venue{}, err
	}
	return v, s.change(ctx, by.Actor(), func(t *txn) error {
		mac, err := t.Vault.MAC(macStand, sessionRow{ID: by.SessionID, VenueID: venueID}.standBytes())
		if err != nil {
			return err
		}
		err = t.db.Model(&sessionRow{}).Where("id = ?", by.SessionID).Updates(map[string]any{"venue_id": venueID, "venue_mac": mac}).Error
		if err != nil {
			return err
		}
		return t.audit("gate.stand", "venue", venueID, "")
	})
}
