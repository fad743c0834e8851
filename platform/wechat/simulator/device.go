package simulator

import (
	"encoding/json"
	"net/http"
)

// Phone is the WeChat app on a phone, for a page that plays one:
//
//	POST /login {"appid": …, "user": …} → {"code": …}
//
// is wx.login. An app that WeChat does not know is 404; a body that is not of
// this shape, or names no user, is 400.
func (s *Simulator) Phone() http.Handler {
	phone := http.NewServeMux()
	phone.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ AppID, User string }
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10))
		body.DisallowUnknownFields()
		if err := body.Decode(&in); err != nil || in.User == "" {
			http.Error(w, "an appid and a user are needed", http.StatusBadRequest)
			return
		}
		if !s.knows(in.AppID) {
			http.Error(w, "no such app", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"code": s.Login(in.AppID, in.User)}) // the page may have gone
	})
	return phone
}

func (s *Simulator) knows(appID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.apps[appID] != nil
}
