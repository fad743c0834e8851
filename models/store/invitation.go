package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"gorm.io/gorm"

	"healthcode/models"
)

// invitationLife is how long an invitation is good for (DESIGN: a one-use
// 30-minute link where password and second factor are set together).
const invitationLife = 30 * time.Minute

type invitationRow struct {
	Hash         []byte `gorm:"primaryKey"`
	ID           string
	Role         string
	Display      string
	Jurisdiction string
	Communities  string // ids, separated by spaces
	VenueID      string
	TOTPSealed   []byte `gorm:"column:totp_sealed"`
	MadeBy       string
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
	ExpiresAt    int64
	UsedAt       int64
	MAC          []byte `gorm:"column:mac"`
}

func (invitationRow) TableName() string { return "invitations" }

// Invite makes the one-use token with which a new member of an administrator's
// staff joins: in their jurisdiction or below it. Only its hash is kept.
func (s *Store) Invite(ctx context.Context, by models.Administrator, in models.Staff) (token string, err error) {
	if !s.Within(in.Jurisdiction, by.Jurisdiction) {
		return "", models.Refuse(models.ReasonForbidden).On("jurisdiction")
	}
	return s.invite(ctx, by.Actor(), in)
}

// OperatorInvite is the same by whoever operates the service, for any place: the
// first administrator is invited so.
func (s *Store) OperatorInvite(ctx context.Context, by models.Actor, in models.Staff) (token string, err error) {
	return s.invite(ctx, by, in)
}

func (s *Store) invite(ctx context.Context, by models.Actor, in models.Staff) (token string, err error) {
	err = s.change(ctx, by, func(t *txn) error {
		if err := t.checkScope(in); err != nil {
			return err
		}
		if token, err = t.token(); err != nil {
			return err
		}
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "healthcode", AccountName: string(in.Role),
			Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1, Rand: t.Random})
		if err != nil {
			return err
		}
		row := invitationRow{Hash: t.Vault.HashToken("invitation", []byte(token)), ID: t.id(), Role: string(in.Role),
			Display: in.Display, Jurisdiction: in.Jurisdiction, Communities: strings.Join(in.Communities, " "),
			VenueID: in.VenueID, MadeBy: by.ID, CreatedAt: millis(t.at), ExpiresAt: millis(t.at.Add(invitationLife))}
		if row.TOTPSealed, err = t.Vault.Seal("invitations", "totp_sealed", row.ID, []byte(key.Secret())); err != nil {
			return err
		}
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		return t.audit("staff.invite", "invitation", row.ID, string(in.Role))
	})
	return token, err
}

// checkScope refuses an invitation to a role that does not exist, and to a
// community or a venue that is not in the invitation's jurisdiction.
func (t *txn) checkScope(in models.Staff) error {
	var ps models.Problems
	if !in.Role.Valid() {
		ps.Add("role", models.Refuse(models.ReasonFieldBad))
	}
	if in.Display == "" || len([]rune(in.Display)) > 40 {
		ps.Add("display", models.Refuse(models.ReasonFieldBad))
	}
	if err := t.knownPlace(in.Jurisdiction); err != nil {
		ps.Add("jurisdiction", models.Refuse(models.ReasonPlaceUnknown))
	}
	for _, id := range in.Communities {
		if c, err := t.community(id); err != nil || !t.Within(c.Jurisdiction, in.Jurisdiction) {
			ps.Add("communities", models.Refuse(models.ReasonCommunityUnknown))
		}
	}
	if in.VenueID != "" {
		if v, err := t.reader().venue("id = ?", in.VenueID); err != nil || !t.Within(v.Jurisdiction, in.Jurisdiction) {
			ps.Add("venue", models.Refuse(models.ReasonVenueUnknown))
		}
	}
	return ps.Err()
}

// Factor is the second factor that an invitation brings.
type Factor struct {
	Role   models.Role // what they will be
	Secret string      // base32, to be typed or scanned into an authenticator
	URL    string      // otpauth://…, for its QR code
}

// InvitationFactor shows the holder of an invitation their second factor, so
// that they can set it up before they accept.
func (s *Store) InvitationFactor(ctx context.Context, token string) (Factor, error) {
	var row invitationRow
	hash := s.Vault.HashToken("invitation", []byte(token))
	err := found(s.read.WithContext(ctx).Where("hash = ?", hash).Take(&row).Error)
	if errors.Is(err, models.NotFound) || err == nil && (row.UsedAt != 0 || millis(s.Now()) >= row.ExpiresAt || !s.vouched(row, row.ID, row.MAC)) {
		return Factor{}, models.Refuse(models.ReasonInvitation)
	}
	if err != nil {
		return Factor{}, err
	}
	secret, err := s.Vault.Unseal("invitations", "totp_sealed", row.ID, row.TOTPSealed)
	if err != nil {
		return Factor{}, err
	}
	return Factor{Role: models.Role(row.Role), Secret: string(secret),
		URL: fmt.Sprintf("otpauth://totp/healthcode?secret=%s&issuer=healthcode", secret)}, nil
}

// Acceptance is what a new member of staff chooses and proves.
type Acceptance struct {
	Token    string
	Username string
	Password string
	Code     string          // of the second factor, to prove that it is set up
	Document models.Document // of whoever judges: so that they never judge themselves
}

var usernames = regexp.MustCompile(`^[a-z][a-z0-9._-]{2,31}$`)

// Accept makes the holder of an invitation a member of staff.
func (s *Store) Accept(ctx context.Context, a Acceptance) error {
	var ps models.Problems
	if !usernames.MatchString(a.Username) {
		ps.Add("username", models.Refuse(models.ReasonFieldBad))
	}
	hash, err := s.hashPassword(a.Password)
	if err != nil && !ps.Add("", err) && !errors.Is(err, models.Invalid) {
		return err
	}
	if err := ps.Err(); err != nil {
		return err
	}
	return s.change(ctx, models.Actor{Kind: models.ActorStaff, ID: "invitation"}, func(t *txn) error {
		var row invitationRow
		err := t.lock(&row, "hash = ?", t.Vault.HashToken("invitation", []byte(a.Token)))
		if errors.Is(err, models.NotFound) || err == nil && (row.UsedAt != 0 || millis(t.at) >= row.ExpiresAt || !t.vouched(row, row.ID, row.MAC)) {
			return models.Refuse(models.ReasonInvitation)
		}
		if err != nil {
			return err
		}
		if models.Role(row.Role).Judges() && a.Document == (models.Document{}) {
			return models.Refuse(models.ReasonFieldMissing).On("document")
		}
		if err := t.insertStaff(row, a, hash); err != nil {
			return err
		}
		return t.db.Model(&invitationRow{}).Where("hash = ?", row.Hash).Update("used_at", millis(t.at)).Error
	})
}

func (t *txn) insertStaff(invited invitationRow, a Acceptance, passwordHash string) error {
	secret, err := t.Vault.Unseal("invitations", "totp_sealed", invited.ID, invited.TOTPSealed)
	if err != nil {
		return err
	}
	id := t.id()
	seal := sealer{vault: t.Vault, table: "staff", row: id}
	row := staffRow{ID: id, Username: a.Username, Display: invited.Display, Role: invited.Role,
		Jurisdiction: invited.Jurisdiction, VenueID: invited.VenueID, DocumentType: string(a.Document.Type),
		NumberSealed: seal.seal("number_sealed", a.Document.Number.Reveal()), PasswordHash: passwordHash,
		TOTPSealed: seal.seal("totp_sealed", string(secret)), MadeBy: invited.MadeBy, CreatedAt: millis(t.at)}
	if seal.err != nil {
		return seal.err
	}
	if row.TOTPStep, err = t.factorStep(row, a.Code); errors.Is(err, models.Unauthenticated) {
		return models.Refuse(models.ReasonFieldBad).On("code")
	} else if err != nil {
		return err
	}
	if row.MAC, err = t.vouch(row); err != nil {
		return err
	}
	if err := t.insert(&row); errors.Is(err, gorm.ErrDuplicatedKey) {
		return models.Refuse(models.ReasonUsernameTaken).On("username")
	} else if err != nil {
		return err
	}
	for _, community := range strings.Fields(invited.Communities) {
		looksAfter := staffCommunityRow{StaffID: id, CommunityID: community}
		if looksAfter.MAC, err = t.vouch(looksAfter); err != nil {
			return err
		}
		if err := t.insert(&looksAfter); err != nil {
			return err
		}
	}
	t.by.ID = id
	return t.audit("staff.join", "staff", id, invited.Role)
}
