package wechat

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/miniprogram/security"

	"healthcode/models"
)

// longestText is how many characters the page msgSecCheck takes at once.
const longestText = 2500

// CheckText has WeChat look at a text that a resident typed, by wxa/msg_sec_check,
// version 2, as its rules ask of whatever may be shown to others. nil means that it
// may stand: WeChat found nothing, or is not sure, for a worker reads it in any
// case. The problem is
//   - text.refused: WeChat takes it for unlawful;
//   - answer.too_long: it has more than 2500 characters;
//   - login.required: WeChat checks only for those who opened the mini-program
//     within the last two hours, and this one did not;
//   - one of upstream.*.
//
// It is safe to repeat.
func (a *App) CheckText(ctx context.Context, openID, text string) error {
	switch {
	case !words.MatchString(openID):
		return models.Refuse(models.ReasonFieldBad).On("open_id")
	case strings.TrimSpace(text) == "":
		return nil // WeChat answers a missing text with an error
	case utf8.RuneCountInString(text) > longestText:
		return models.Refuse(models.ReasonAnswerTooLong)
	}
	var said security.CheckSuggest
	trouble := a.authorised(ctx, textNumbers, func(ctx context.Context, token string) bool {
		answer, err := security.NewSecurity(a.bearing(token)).MsgCheckContext(ctx, &security.MsgCheckRequest{
			OpenID: openID, Scene: security.MsgSceneComment, Content: text})
		said = answer.Result.Suggest
		return err != nil
	})
	if trouble != nil {
		return trouble
	}
	switch said {
	case security.CheckSuggestPass, security.CheckSuggestReview:
		return nil
	case security.CheckSuggestRisky:
		return models.Refuse(models.ReasonTextRefused)
	}
	return unusable(errNoOpinion)
}

// textNumbers are those of the page msgSecCheck, and of its first version (87014).
var textNumbers = numbers{
	61010: models.Refuse(models.ReasonLoginRequired),
	87014: models.Refuse(models.ReasonTextRefused),
}

var errNoOpinion = errors.New("wechat: an answer with no opinion of the text")
