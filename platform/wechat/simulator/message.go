package simulator

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Message is a subscription message that was sent.
type Message struct {
	User, Template, Page string
	Data                 map[string]string
}

// template is a message that the app has taken from WeChat's list.
type template struct {
	longTerm bool // 长期订阅, or one message for each acceptance
	keys     []string
}

// subscription is one user's of one template.
type subscription struct{ user, template string }

// longTerm is as many messages as anybody sends.
const longTerm = 1 << 30

// AddTemplate gives the app a template with these keys, such as thing1 and time2.
func (s *Simulator) AddTemplate(appID, id string, forGood bool, keys ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app(appID).templates[id] = template{forGood, keys}
}

// AddPages publishes pages of the mini-program.
func (s *Simulator) AddPages(appID string, pages ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range pages {
		s.app(appID).pages[p] = true
	}
}

// Subscribe is wx.requestSubscribeMessage and the user accepting these templates.
// It reports whether WeChat shows the question at all: not for more than three,
// nor for one-time and long-term templates together, nor for unknown ones.
func (s *Simulator) Subscribe(appID, user string, templates ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	if len(templates) == 0 || len(templates) > 3 {
		return false
	}
	for _, id := range templates {
		t, known := a.templates[id]
		if !known || t.longTerm != a.templates[templates[0]].longTerm {
			return false
		}
	}
	a.come(user, s.now())
	for _, id := range templates {
		if to := (subscription{user, id}); a.templates[id].longTerm {
			a.accepted[to] = longTerm
		} else {
			a.accepted[to]++
		}
	}
	return true
}

// Unsubscribe is the user turning the template off in the mini-program's settings.
func (s *Simulator) Unsubscribe(appID, user, template string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.app(appID).accepted, subscription{user, template})
}

// Messages are those that the app sent, in turn.
func (s *Simulator) Messages(appID string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.app(appID).messages)
}

// send answers cgi-bin/message/subscribe/send, page sendMessage. In what order the
// real one looks at things is on no page.
func (s *Simulator) send(a *app, in struct {
	To       string          `json:"touser"`
	Template string          `json:"template_id"`
	Page     string          `json:"page"`
	State    string          `json:"miniprogram_state"`
	Language string          `json:"lang"`
	Data     json.RawMessage `json:"data"`
}) any {
	user, known := a.users[in.To]
	if !known {
		return s.failed(40003, "invalid openid")
	}
	t, known := a.templates[in.Template]
	if !known {
		return s.failed(40037, "invalid template_id")
	}
	data, wrong := t.read(in.Data)
	path, _, _ := strings.Cut(in.Page, "?")
	to := subscription{user, in.Template}
	switch {
	case wrong != "":
		return s.failed(47003, "argument invalid! "+wrong)
	case path != "" && !a.pages[path]:
		return s.failed(41030, "invalid page")
	case a.accepted[to] == 0:
		return s.failed(43101, "user refuse to accept the msg")
	}
	if !t.longTerm {
		a.accepted[to]--
	}
	a.messages = append(a.messages, Message{user, in.Template, in.Page, data})
	return ok(map[string]any{"msgid": len(a.messages)})
}

// read is what a message says, or what is wrong with it.
func (t template) read(raw json.RawMessage) (data map[string]string, wrong string) {
	var in map[string]struct{ Value string }
	if json.Unmarshal(raw, &in) != nil { // a string that holds JSON is none either
		return nil, "data"
	}
	data = map[string]string{}
	for _, key := range t.keys {
		data[key] = in[key].Value
		if !fits(key, in[key].Value) {
			return nil, "data." + key + ".value invalid"
		}
	}
	for key := range maps.Keys(in) {
		if !slices.Contains(t.keys, key) {
			return nil, "data." + key
		}
	}
	return data, ""
}

// values are the shapes of the kinds of values, as the table 订阅消息参数值内容限制说明
// of the page sendMessage has them. A key is its kind and a number.
var values = map[string]*regexp.Regexp{
	"thing":            regexp.MustCompile(`^.{1,20}$`),
	"number":           regexp.MustCompile(`^[0-9]{1,32}(\.[0-9]+)?$`),
	"letter":           regexp.MustCompile(`^[A-Za-z]{1,32}$`),
	"symbol":           regexp.MustCompile(`^[^0-9A-Za-z\p{Han}]{1,5}$`),
	"character_string": regexp.MustCompile(`^[!-~]{1,32}$`),
	"time":             regexp.MustCompile(`^` + moment + `(~` + moment + `)?$`),
	"date":             regexp.MustCompile(`^` + day + `( ` + clock + `)?(~` + day + `( ` + clock + `)?)?$`),
	"amount":           regexp.MustCompile(`^[^0-9]?[0-9]{1,10}(\.[0-9]+)?元?$`),
	"phone_number":     regexp.MustCompile(`^[0-9+()*-]{1,17}$`),
	"car_number":       regexp.MustCompile(`^\p{Han}?[0-9A-Za-z]{1,7}\p{Han}?$`),
	"name":             regexp.MustCompile(`^([\p{Han}·]{1,10}|[A-Za-z .'-]{1,20})$`),
	"phrase":           regexp.MustCompile(`^\p{Han}{1,5}$`),
}

const (
	clock  = `[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9])?`
	day    = `[0-9]{4}(年[0-9]{1,2}月[0-9]{1,2}日|-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2}|\.[0-9]{1,2}\.[0-9]{1,2})`
	moment = `(` + day + ` )?` + clock
)

// fits reports whether the value is one of the key's kind.
func fits(key, value string) bool {
	shape, known := values[strings.TrimRight(key, "0123456789")]
	if !known || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
		return false
	}
	return shape.MatchString(value)
}
