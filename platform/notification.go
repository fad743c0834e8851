package platform

import (
	"encoding/json"
	"time"
)

// Notification is something that a platform tells the service by itself.
type Notification struct {
	ID        string          // the same when it is told again, which it is until it was taken
	Method    string          // what it is about, in the platform's word
	At        time.Time       // when it was sent
	AppID     string          // the mini-program that it is about
	Content   json.RawMessage // a JSON object, by the method's page
	Withdrawn string          // who has taken back the leave to be known to that mini-program; "" if it is about something else
}
