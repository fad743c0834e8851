package alipay

import (
	"context"
	"regexp"

	sdk "github.com/smartwalle/alipay/v3"

	"healthcode/models"
	"healthcode/platform"
)

// The shapes of a check's numbers: ours, of which the vendor wants letters and
// digits and 32 at the most, and Alipay's.
var (
	orders  = regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`)
	vendors = regexp.MustCompile(`^[0-9A-Za-z]{8,64}$`)
)

// StartNameCheck begins a check of somebody's face against the state's picture, by
// alipay.user.certify.open.initialize. c needs Order, Name and Document, which is
// an identity card or realname.document. What it returns goes to the phone, for
// my.call('startBizService', {name: 'open-certify'}). Each try needs an Order of
// its own, so a repetition begins another check.
func (a *App) StartNameCheck(ctx context.Context, c platform.NameCheck) (platform.NameStarted, error) {
	if c.Document.Type != models.DocumentResidentID {
		return platform.NameStarted{}, models.Refuse(models.ReasonNameCheckKind)
	}
	if !orders.MatchString(c.Order) {
		return platform.NameStarted{}, models.Refuse(models.ReasonFieldBad).On("order")
	}
	var started struct {
		ID string `json:"certify_id"`
	}
	err := a.ask(ctx, sdk.UserCertifyOpenInitialize{OuterOrderNo: c.Order, BizCode: sdk.CertifyBizCodeFace,
		IdentityParam: sdk.IdentityParam{IdentityType: "CERT_INFO", CertType: "IDENTITY_CARD",
			CertName: c.Name.Reveal(), CertNo: c.Document.Number.Reveal()},
		MerchantConfig: sdk.MerchantConfig{ReturnURL: "alipays://platformapi/startapp?appId=" + a.appID},
	}, nil, &started)
	if err != nil {
		return platform.NameStarted{}, err
	}
	if !vendors.MatchString(started.ID) {
		return platform.NameStarted{}, lying("a check without a number")
	}
	page, err := a.client.UserCertifyOpenCertify(sdk.UserCertifyOpenCertify{CertifyId: started.ID}) // asks nobody
	if err != nil {
		return platform.NameStarted{}, models.Refuse(models.ReasonInternal)
	}
	return platform.NameStarted{Vendor: started.ID, URL: page.String()}, nil
}

// queryRefusals: the page alipay.user.certify.open.query lists no sub-codes, and a
// check that Alipay will not speak of needs another one.
var queryRefusals = refusals{"40004": models.ReasonNameCheckUnknown}

// NameVerified asks whether the check was passed, by
// alipay.user.certify.open.query. c needs Vendor. It is safe to repeat; false is
// the answer as long as nobody stood before the camera, too.
func (a *App) NameVerified(ctx context.Context, c platform.NameCheck) (bool, error) {
	if !vendors.MatchString(c.Vendor) {
		return false, models.Refuse(models.ReasonNameCheckUnknown)
	}
	var result struct {
		Passed string `json:"passed"`
	}
	if err := a.ask(ctx, sdk.UserCertifyOpenQuery{CertifyId: c.Vendor}, queryRefusals, &result); err != nil {
		return false, err
	}
	if result.Passed != "T" && result.Passed != "F" {
		return false, lying("neither passed nor failed")
	}
	return result.Passed == "T", nil
}
