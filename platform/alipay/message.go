package alipay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"healthcode/models"
)

// Message is one subscription message (订阅消息) to one user.
type Message struct {
	OpenID   string            // as [App.Identify] gave it: an open_id or a user_id
	Template string            // the id of the template that the app has taken
	Page     string            // of the mini-program, with its query: where a tap leads
	Data     map[string]string // keyword1 and on, as many as the template has
}

// The longest that the page alipay.open.app.mini.templatemessage.send allows, in
// characters.
const (
	longestKeyword  = 50
	longestPage     = 128
	longestData     = 2048
	longestTemplate = 64
)

// userIDs are the older identifiers, the same for every app.
var userIDs = regexp.MustCompile(`^2088[0-9]{12}$`)

// to names the recipient in the field that its identifier belongs to.
func (m Message) to(prefix string) map[string]any {
	if userIDs.MatchString(m.OpenID) {
		return map[string]any{prefix + "user_id": m.OpenID}
	}
	return map[string]any{prefix + "open_id": m.OpenID}
}

// content is the biz_content of the message: Data is a string that holds JSON.
func (m Message) content() (map[string]any, error) {
	bad := func(field string) (map[string]any, error) { return nil, models.Refuse(models.ReasonFieldBad).On(field) }
	switch {
	case m.OpenID == "":
		return bad("open_id")
	case m.Template == "" || len(m.Template) > longestTemplate:
		return bad("template")
	case m.Page == "" || utf8.RuneCountInString(m.Page) > longestPage:
		return bad("page")
	case len(m.Data) == 0:
		return bad("data")
	}
	keywords := map[string]map[string]string{}
	for i := range len(m.Data) {
		name := fmt.Sprint("keyword", i+1)
		value, given := m.Data[name]
		if !given || value == "" || utf8.RuneCountInString(value) > longestKeyword {
			return bad(name)
		}
		keywords[name] = map[string]string{"value": value}
	}
	data, err := json.Marshal(keywords)
	if err != nil || utf8.RuneCount(data) > longestData {
		return bad("data")
	}
	content := m.to("to_")
	content["user_template_id"], content["page"], content["data"] = m.Template, m.Page, string(data)
	return content, nil
}

// Send sends the message, by alipay.open.app.mini.templatemessage.send. The
// problem is message.refused if the user has not subscribed to the template, or no
// longer. It is not safe to repeat: who was told twice was told twice.
func (a *App) Send(ctx context.Context, m Message) error {
	content, err := m.content()
	if err != nil {
		return err
	}
	err = a.ask(ctx, payload("alipay.open.app.mini.templatemessage.send", content), nil, &struct{}{})
	var said refused
	if !errors.As(err, &said) || said.code != "40004" || slices.Contains(aboutUs, said.subCode) {
		return err
	}
	if subscribed, unknown := a.subscribed(ctx, m); unknown != nil || subscribed {
		return err
	}
	return models.Refuse(models.ReasonMessageRefused).Because(said)
}

// Tell sends a message of three parts: what happened, when, and what to do. The
// template has three keywords, in this order; a tap opens the mini-program. The
// problems are those of [App.Send].
func (a *App) Tell(ctx context.Context, openID, template string, parts [3]string) error {
	return a.Send(ctx, Message{OpenID: openID, Template: template, Page: homePage,
		Data: map[string]string{"keyword1": parts[0], "keyword2": parts[1], "keyword3": parts[2]}})
}

// homePage is where our mini-program opens.
const homePage = "pages/index/index"

// aboutUs are the sub-codes of the method's page, all of which are about what we
// sent. It lists none for a user who has not subscribed, so at any other one the
// subscription itself is looked up.
var aboutUs = []string{"USER_TEMPLATE_ILLEGAL", "USER_TEMPLATE_LACK_KEYWORD", "USER_KEYWORD_LENGTH_ERROR",
	"FORM_ID_NOT_MATCH_APPID", "FORM_ID_OVER_TIME", "TRADE_NO_NOT_MATCH_USERID", "SYSTEM_ERROR"}

// subscribed asks whether the user has subscribed to the message's template, by
// alipay.open.app.messagetemplate.subscribe.query, which leaves out what they have
// not.
func (a *App) subscribed(ctx context.Context, m Message) (bool, error) {
	content := m.to("")
	content["template_id_list"] = []string{m.Template}
	var answer struct {
		Relations []struct {
			Template string `json:"template_id"`
		} `json:"subscribe_relations"`
	}
	if err := a.ask(ctx, payload("alipay.open.app.messagetemplate.subscribe.query", content), nil, &answer); err != nil {
		return false, err
	}
	for _, r := range answer.Relations {
		if r.Template == m.Template {
			return true, nil
		}
	}
	return false, nil
}
