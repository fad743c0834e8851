package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"regexp"

	"healthcode/models"
	"healthcode/platform"
)

// The shapes of a check's numbers: ours and WeChat's, as the page getVerifyId has
// them.
var (
	orders  = regexp.MustCompile(`^[0-9A-Za-z_-]{5,32}$`)
	vendors = regexp.MustCompile(`^[!-~]{1,256}$`)
)

// identityCard is the only document that is checked.
const identityCard = "IDENTITY_CARD"

// StartNameCheck begins a check of somebody's face against the state's picture, by
// cityservice/face/identify/getverifyid (微信人脸核身 2.0). c needs Order, Name,
// Document and OpenID, and the document must be an identity card, or it is
// realname.document. The number that it returns is good for an hour and goes to
// the phone, for wx.requestFacialVerify. An order begins one check, so a repetition
// needs another.
func (a *App) StartNameCheck(ctx context.Context, c platform.NameCheck) (platform.NameStarted, error) {
	if err := checkable(c); err != nil {
		return platform.NameStarted{}, err
	}
	var said struct {
		VerifyID string `json:"verify_id"`
	}
	trouble := a.authorised(ctx, nil, asking("/cityservice/face/identify/getverifyid", map[string]any{
		"out_seq_no": c.Order,
		"openid":     c.OpenID,
		"cert_info": map[string]string{"cert_type": identityCard,
			"cert_name": c.Name.Reveal(), "cert_no": c.Document.Number.Reveal()},
	}, &said))
	if trouble != nil {
		return platform.NameStarted{}, trouble
	}
	if !vendors.MatchString(said.VerifyID) {
		return platform.NameStarted{}, unusable(errNoCheck)
	}
	return platform.NameStarted{Vendor: said.VerifyID}, nil
}

// NameVerified asks whether the check was passed, by
// cityservice/face/identify/queryverifyinfo. c is what began it, and Vendor. The
// phone's own word counts nothing. It is safe to repeat. The problem is
// realname.unknown if WeChat has no such check for that person, order and
// document, or has forgotten it.
func (a *App) NameVerified(ctx context.Context, c platform.NameCheck) (bool, error) {
	if err := checkable(c); err != nil {
		return false, err
	}
	if !vendors.MatchString(c.Vendor) {
		return false, models.Refuse(models.ReasonNameCheckUnknown)
	}
	var said struct {
		ErrCode *int64 `json:"errcode"`
		Result  int64  `json:"verify_ret"`
	}
	trouble := a.authorised(ctx, nameNumbers, asking("/cityservice/face/identify/queryverifyinfo", map[string]any{
		"verify_id":  c.Vendor,
		"out_seq_no": c.Order,
		"openid":     c.OpenID,
		"cert_hash":  certHash(c.Name.Reveal(), c.Document.Number.Reveal()),
	}, &said))
	switch {
	case trouble != nil:
		return false, trouble
	case said.ErrCode == nil: // it counts that errcode is zero, and not that it is missing
		return false, unusable(errNoCheck)
	case said.Result == passed:
		return true, nil
	case said.Result >= 90000 && said.Result < 91000: // left, no camera, too slow, not the face
		return false, nil
	}
	return false, unusable(errNoCheck)
}

// passed is the verify_ret of a check that was passed (识别成功).
const passed = 10000

// nameNumbers: the page queryVerifyInfo says that what does not fit the check that
// was begun has a number, but not which. This one is what the first version of the
// check answers.
var nameNumbers = numbers{84001: models.Refuse(models.ReasonNameCheckUnknown)}

func checkable(c platform.NameCheck) error {
	switch {
	case c.Document.Type != models.DocumentResidentID:
		return models.Refuse(models.ReasonNameCheckKind)
	case !orders.MatchString(c.Order):
		return models.Refuse(models.ReasonFieldBad).On("order")
	case !words.MatchString(c.OpenID):
		return models.Refuse(models.ReasonFieldBad).On("open_id")
	}
	return nil
}

// certHash is the digest of who is checked, as the page queryVerifyInfo makes it.
func certHash(name, number string) string {
	text := ""
	for i, part := range []string{identityCard, name, number} {
		text += []string{"cert_type=", "&cert_name=", "&cert_no="}[i] + base64.StdEncoding.EncodeToString([]byte(part))
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

var errNoCheck = errors.New("wechat: an answer about no check, or that neither passes nor fails it")
