package handlers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// journeyTown is a town whose service a browser reaches.
type journeyTown struct {
	*town
	*httptest.Server
	ago  atomic.Int64 // how far the clock is behind while the town is founded
	down atomic.Bool  // nothing answers
	lost atomic.Bool  // what is sent arrives, and the answer does not
}

func newJourneyTown(t *testing.T) *journeyTown {
	t.Helper()
	town := &journeyTown{}
	town.ago.Store(int64(time.Hour)) // so that the staff's first codes are not used up
	town.town = newTown(t, schema.Any(t), func() time.Time { return time.Now().Add(-time.Duration(town.ago.Load())) })
	town.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if town.down.Load() {
			panic(http.ErrAbortHandler)
		}
		if town.lost.Load() && r.Method == http.MethodPost {
			town.service.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		town.service.ServeHTTP(w, r)
	}))
	t.Cleanup(town.Server.Close)
	town.origin = town.URL
	town.open(t)
	town.found(t)
	town.ago.Store(0)
	return town
}

// login is what the app's own shell does: a code of the app for a ticket.
func (town *journeyTown) login(t *testing.T, ctx context.Context, app, user string) (ticket string) {
	t.Helper()
	var out struct{ Ticket string }
	journeyPost(t, ctx, town.URL+"/v1/login", map[string]string{"platform": app, "code": town.code(app, user)}, &out)
	return out.Ticket
}
