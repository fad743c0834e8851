package simulator

import (
	"regexp"
	"slices"
	"time"
)

// Link is a link that the app had made.
type Link struct {
	URL, Path, Query string
	End              time.Time
}

// What the page generateUrlLink says.
const (
	linkLeast = time.Minute
	linkMost  = 30 * 24 * time.Hour
)

// queryShape is what the page allows in a query.
var queryShape = regexp.MustCompile(`^[0-9A-Za-z!#$&'()*+,/:;=?@._~%-]*$`)

// Links are those that the app had made, in turn.
func (s *Simulator) Links(appID string) []Link {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.app(appID).links)
}

// urlLink answers wxa/generate_urllink, page generateUrlLink.
func (s *Simulator) urlLink(a *app, in struct {
	Path           string
	Query          string
	IsExpire       bool  `json:"is_expire"`
	ExpireType     int   `json:"expire_type"`
	ExpireTime     int64 `json:"expire_time"`
	ExpireInterval int   `json:"expire_interval"`
}) any {
	now := s.now()
	life := linkMost
	switch {
	case in.IsExpire && in.ExpireType == 0:
		life = time.Unix(in.ExpireTime, 0).Sub(now)
	case in.IsExpire:
		life = time.Duration(in.ExpireInterval) * 24 * time.Hour
	}
	switch {
	case len(a.pages) == 0:
		return s.failed(85079, "miniprogram has no online release")
	case in.Path != "" && !a.pages[in.Path]:
		return s.failed(40165, "invalid weapp pagepath")
	case !queryShape.MatchString(in.Query) || len(in.Query) > 1024:
		return s.failed(40212, "invalid query")
	case life < linkLeast || life > linkMost:
		return s.failed(85401, "time limit between 1min and 30day")
	}
	link := Link{"https://wxaurl.cn/" + fresh(11), in.Path, in.Query, now.Add(life)}
	a.links = append(a.links, link)
	return ok(map[string]any{"url_link": link.URL})
}
