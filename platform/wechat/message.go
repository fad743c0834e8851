package wechat

import (
	"context"
	"strings"
	"unicode"

	"github.com/silenceper/wechat/v2/miniprogram/subscribe"

	"healthcode/models"
)

// Message is one subscription message (订阅消息) to one user.
type Message struct {
	OpenID   string            // as [App.Identify] gave it
	Template string            // the id of the template that the app has taken
	Page     string            // of the mini-program, with its query: where a tap leads; nowhere if empty
	Data     map[string]string // by the template's keys, such as thing1; values of a thing are cut to fit
}

// Send sends the message, by cgi-bin/message/subscribe/send. The problem is
//   - message.refused: the user has not accepted that template, no longer does, or
//     accepted it once and was sent one already;
//   - request.bad_value: the recipient is not this app's, or a value is empty or
//     does not fit its key;
//   - text.refused: WeChat takes what it says for unlawful;
//   - one of upstream.*.
//
// It is not safe to repeat: after upstream.failed and upstream.slow it may have
// arrived, and whoever is told twice is told twice.
func (a *App) Send(ctx context.Context, m Message) error {
	switch {
	case !words.MatchString(m.OpenID):
		return models.Refuse(models.ReasonFieldBad).On("open_id")
	case !words.MatchString(m.Template):
		return models.Refuse(models.ReasonFieldBad).On("template")
	case len(m.Data) == 0:
		return models.Refuse(models.ReasonFieldBad).On("data")
	}
	data := map[string]*subscribe.DataItem{} // an object: WeChat answers 47003 to a string
	for key, value := range m.Data {
		data[key] = &subscribe.DataItem{Value: fitting(key, value)}
	}
	// The SDK's Send takes no context, so its message is posted here.
	var said struct {
		ErrCode *int64 `json:"errcode"`
	}
	trouble := a.authorised(ctx, messageNumbers, asking("/cgi-bin/message/subscribe/send",
		&subscribe.Message{ToUser: m.OpenID, TemplateID: m.Template, Page: m.Page, Data: data,
			MiniprogramState: "formal", Lang: "zh_CN"}, &said))
	switch {
	case trouble != nil:
		return trouble
	case said.ErrCode == nil: // {} is no word of its having been sent
		return unusable(errShape)
	}
	return nil
}

// Tell sends a message of three parts: what happened, when (as 2022-03-14 12:05),
// and what to do. The template has the keys thing1, time2 and thing3 and no other;
// a tap opens the mini-program. The problems are those of [App.Send].
func (a *App) Tell(ctx context.Context, openID, template string, parts [3]string) error {
	return a.Send(ctx, Message{OpenID: openID, Template: template, Page: homePage,
		Data: map[string]string{"thing1": parts[0], "time2": parts[1], "thing3": parts[2]}})
}

// homePage is where our mini-program opens.
const homePage = "pages/index/index"

// messageNumbers are those of the page sendMessage. The last three are on it no
// more, and known from those who met them.
var messageNumbers = numbers{
	43101: models.Refuse(models.ReasonMessageRefused),
	40003: models.Refuse(models.ReasonFieldBad).On("open_id"),
	47003: models.Refuse(models.ReasonFieldBad).On("data"),
	43108: models.Refuse(models.ReasonUpstreamBusy), // several to one user at once
	45168: models.Refuse(models.ReasonTextRefused),
	87014: models.Refuse(models.ReasonTextRefused),
}

// longestThing is how many characters the page allows in a value of the kind thing.
const longestThing = 20

// fitting makes a value of a free kind one that WeChat takes: names of places are
// longer than twenty characters, and no message should fail for that. Values of the
// other kinds are made for their kind, and are left as they are.
func fitting(key, value string) string {
	if !strings.HasPrefix(key, "thing") {
		return value
	}
	value = strings.Join(strings.FieldsFunc(value, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if r := []rune(value); len(r) > longestThing {
		return string(r[:longestThing-1]) + "…"
	}
	return value
}
