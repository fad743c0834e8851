package wechat

import (
	"context"
	"errors"
	"regexp"

	"github.com/silenceper/wechat/v2/miniprogram/auth"

	"healthcode/models"
)

// Phone exchanges the code of the button open-type="getPhoneNumber" for the number
// that WeChat has checked, by wxa/business/getuserphonenumber. That code is not the
// one of wx.login. Every error is a [models.Problem]:
//   - phone.not_shared: the code was never given, has expired, was used, or is no
//     phone code; the resident can press the button again;
//   - one of upstream.*.
//
// A code is good for one call, and each success is paid for, so it is not safe to
// repeat: after an error the button has to be pressed again.
func (a *App) Phone(ctx context.Context, code string) (models.Phone, error) {
	if !codes.MatchString(code) {
		return models.Phone{}, models.Refuse(models.ReasonPhoneNotShared).On("code")
	}
	var said auth.PhoneInfo
	trouble := a.authorised(ctx, phoneNumbers, func(ctx context.Context, token string) bool {
		answer, err := auth.NewAuth(a.bearing(token)).GetPhoneNumberContext(ctx, code)
		if err == nil {
			said = answer.PhoneInfo
		}
		return err != nil
	})
	if trouble != nil {
		return models.Phone{}, trouble
	}
	if said.WaterMark.AppID != a.appID || !countries.MatchString(said.CountryCode) {
		return models.Phone{}, unusable(errNoPhone)
	}
	phone, err := models.ParsePhone("+" + said.CountryCode + said.PurePhoneNumber)
	if err != nil {
		return models.Phone{}, unusable(errNoPhone)
	}
	return phone, nil
}

// phoneNumbers are those of the page getPhoneNumber, and what the service answers
// to a code of wx.login or one that was used.
var phoneNumbers = numbers{
	40029:    models.Refuse(models.ReasonPhoneNotShared),
	codeUsed: models.Refuse(models.ReasonPhoneNotShared),
}

// countries are the codes that are dialled before a number.
var countries = regexp.MustCompile(`^[1-9][0-9]{0,3}$`)

var errNoPhone = errors.New("wechat: an answer without a phone number of this app's")
