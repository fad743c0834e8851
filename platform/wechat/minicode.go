package wechat

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"regexp"

	"github.com/silenceper/wechat/v2/miniprogram/qrcode"
	"github.com/silenceper/wechat/v2/util"

	"healthcode/models"
)

// The shapes that the page getUnlimitedQRCode allows.
var (
	scenes = regexp.MustCompile(`^[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}$`) // no %, so nothing escaped either
	pages  = regexp.MustCompile(`^[0-9A-Za-z_-]+(/[0-9A-Za-z_-]+)*$`)      // no slash before, no query behind
)

// MiniCode is the picture of a mini code (小程序码), a JPEG, by
// wxa/getwxacodeunlimit: whoever scans it comes to that page of the published
// mini-program, with the scene. The problem is request.bad_value on scene or page,
// or one of upstream.*. It is safe to repeat, and allowed 5000 times a minute, so
// pictures are worth keeping.
func (a *App) MiniCode(ctx context.Context, scene, page string) ([]byte, error) {
	switch {
	case !scenes.MatchString(scene):
		return nil, models.Refuse(models.ReasonFieldBad).On("scene")
	case !pages.MatchString(page):
		return nil, models.Refuse(models.ReasonFieldBad).On("page")
	}
	// The SDK's method takes no context, and wants a content type of image/jpeg to
	// the letter. Here the picture itself is looked at.
	var picture []byte
	trouble := a.authorised(ctx, nil, func(ctx context.Context, token string) bool {
		var err error
		picture, err = util.PostJSONContext(ctx, "https://"+Host+"/wxa/getwxacodeunlimit?access_token="+url.QueryEscape(token),
			qrcode.QRCoder{Scene: scene, Page: page})
		return err != nil
	})
	if trouble != nil {
		return nil, trouble
	}
	if !bytes.HasPrefix(picture, []byte("\xff\xd8\xff")) {
		return nil, unusable(errNoPicture)
	}
	return picture, nil
}

var errNoPicture = errors.New("wechat: an answer that is no picture")
