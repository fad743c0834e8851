package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// template is a message template that the app has taken from Alipay's library.
type template struct {
	keywords int
	forGood  bool // 长期性
}

// consent is one user's to one template.
type consent struct{ user, template string }

// Message is what a user was sent.
type Message struct {
	User, Template, Page string
	Values               []string // keyword1 and so on
}

// AddTemplate gives the app a template of so many keywords, once for each consent
// or for good.
func (s *Simulator) AddTemplate(appID, id string, keywords int, forGood bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app(appID).templates[id] = template{keywords, forGood}
}

// Subscribe is a user agreeing to a template, in my.requestSubscribeMessage.
func (s *Simulator) Subscribe(appID, user, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	a.users[user] = true
	if a.accepted[consent{user, id}]++; a.templates[id].forGood {
		a.accepted[consent{user, id}] = -1
	}
}

// Unsubscribe is a user withdrawing, in the mini-program's settings.
func (s *Simulator) Unsubscribe(appID, user, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.app(appID).accepted, consent{user, id})
}

// Sent is what the app's users were sent, in order.
func (s *Simulator) Sent(appID string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.app(appID).sent)
}

// user finds who is meant. Exactly one identifier must be there.
func (a *app) user(openID, userID string) (string, error) {
	if (openID == "") == (userID == "") {
		return "", invalid("isv.invalid-parameter")
	}
	for user := range a.users {
		if openID != "" && openID == OpenID(a.id, user) || userID != "" && userID == UserID(user) {
			return user, nil
		}
	}
	if openID != "" {
		return "", invalid("isv.invalid-openid")
	}
	return "", failed("USER_INFO_NOT_EXIST", "用户信息不存在")
}

// The longest that the page alipay.open.app.mini.templatemessage.send allows, in
// characters.
const (
	longestKeyword = 50
	longestPage    = 128
	longestData    = 2048
)

// send answers alipay.open.app.mini.templatemessage.send. The vendor lists no code
// for a user who has not subscribed, so the one here is our own: nobody may lean
// on it.
func (s *Simulator) send(q *question) (any, error) {
	var biz struct {
		UserID   string `json:"to_user_id"`
		OpenID   string `json:"to_open_id"`
		Form     string `json:"form_id"`
		Template string `json:"user_template_id"`
		Page     string `json:"page"`
		Data     string `json:"data"` // JSON within JSON
	}
	if err := q.read(&biz); err != nil {
		return nil, err
	}
	user, err := q.app.user(biz.OpenID, biz.UserID)
	if err != nil {
		return nil, err
	}
	t, known := q.app.templates[biz.Template]
	switch {
	case !known:
		return nil, failed("USER_TEMPLATE_ILLEGAL", "模板非法")
	case biz.Form != "":
		return nil, failed("FORM_ID_NOT_MATCH_APPID", "formId和appId不匹配") // no form was ever handed in
	case biz.Page == "" || utf8.RuneCountInString(biz.Page) > longestPage, utf8.RuneCountInString(biz.Data) > longestData:
		return nil, invalid("isv.invalid-parameter")
	}
	values, err := t.values(biz.Data)
	if err != nil {
		return nil, err
	}
	left := q.app.accepted[consent{user, biz.Template}]
	if left == 0 {
		return nil, failed("SUBSCRIBE_RELATION_MISSING", "用户未订阅该消息")
	}
	if left > 0 {
		q.app.accepted[consent{user, biz.Template}]--
	}
	q.app.effects++
	q.app.sent = append(q.app.sent, Message{user, biz.Template, biz.Page, values})
	return map[string]string{"code": "10000", "msg": "Success"}, nil
}

// values are the keywords' in order; there must be as many as in the template.
func (t template) values(data string) ([]string, error) {
	var keywords map[string]struct {
		Value string `json:"value"`
	}
	if json.Unmarshal([]byte(data), &keywords) != nil {
		return nil, invalid("isv.invalid-parameter")
	}
	var values []string
	for i := range t.keywords {
		k, given := keywords[fmt.Sprint("keyword", i+1)]
		switch {
		case !given || k.Value == "" || len(keywords) != t.keywords:
			return nil, failed("USER_TEMPLATE_LACK_KEYWORD", "缺少关键词")
		case utf8.RuneCountInString(k.Value) > longestKeyword:
			return nil, failed("USER_KEYWORD_LENGTH_ERROR", "关键词超长")
		}
		values = append(values, k.Value)
	}
	return values, nil
}

// subscriptions answers alipay.open.app.messagetemplate.subscribe.query: what the
// user has not subscribed to is left out.
func (s *Simulator) subscriptions(q *question) (any, error) {
	var biz struct {
		UserID    string   `json:"user_id"`
		OpenID    string   `json:"open_id"`
		Templates []string `json:"template_id_list"`
	}
	if err := q.read(&biz); err != nil {
		return nil, err
	}
	user, err := q.app.user(biz.OpenID, biz.UserID)
	if err != nil {
		return nil, err
	}
	if len(biz.Templates) == 0 || len(biz.Templates) > 3 {
		return nil, invalid("isv.invalid-parameter")
	}
	node := map[string]any{"code": "10000", "msg": "Success", "show_component": true}
	var relations []map[string]any
	for _, id := range biz.Templates {
		if q.app.accepted[consent{user, id}] != 0 {
			relations = append(relations, map[string]any{"template_id": id, "subscribe_state": "SUBSCRIBE", "show": true})
		}
	}
	if relations != nil {
		node["subscribe_relations"] = relations
	}
	return node, nil
}
