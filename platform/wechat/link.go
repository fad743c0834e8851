package wechat

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"time"

	"github.com/silenceper/wechat/v2/miniprogram/urllink"

	"healthcode/models"
)

// queries are what the page generateUrlLink allows behind the ?, so many
// characters of it.
var queries = regexp.MustCompile(`^[0-9A-Za-z!#$&'()*+,/:;=?@._~%-]*$`)

const longestQuery = 1024

// URLLink makes an https link that opens that page of the published mini-program
// from a text message or another app, by wxa/generate_urllink. It is good until
// then, which must be between a minute and thirty days from now. The problem is
// request.bad_value on path, query or until, or one of upstream.*. It is safe to
// repeat: the links work alike, and half a million a day are allowed.
func (a *App) URLLink(ctx context.Context, path, query string, until time.Time) (string, error) {
	switch {
	case !pages.MatchString(path):
		return "", models.Refuse(models.ReasonFieldBad).On("path")
	case !queries.MatchString(query) || len(query) > longestQuery:
		return "", models.Refuse(models.ReasonFieldBad).On("query")
	}
	// The SDK's Generate takes no context.
	var said struct {
		Link string `json:"url_link"`
	}
	trouble := a.authorised(ctx, linkNumbers, asking("/wxa/generate_urllink", &urllink.ULParams{Path: path, Query: query,
		IsExpire: true, ExpireType: urllink.ExpireTypeTime, ExpireTime: until.Unix()}, &said))
	if trouble != nil {
		return "", trouble
	}
	link, err := url.Parse(said.Link)
	if err != nil || link.Scheme != "https" || link.Host == "" || link.User != nil {
		return "", unusable(errNoLink)
	}
	return said.Link, nil
}

// linkNumbers are those of the page generateUrlLink.
var linkNumbers = numbers{
	40165: models.Refuse(models.ReasonFieldBad).On("path"),
	40212: models.Refuse(models.ReasonFieldBad).On("query"),
	85401: models.Refuse(models.ReasonFieldBad).On("until"),
}

var errNoLink = errors.New("wechat: an answer that is no link")
