package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
)

// Route is a line of the table, as tests read it.
type Route struct{ Method, Path, Actor string }

// Routes is everything that can be asked of the service, pages included.
func Routes() (list []Route) {
	a := &api{}
	for _, r := range slices.Concat(a.routes(), a.pages()) {
		list = append(list, Route{r.method, r.path, r.actor})
	}
	return list
}

// Refuse answers a request with an error, as a handler that returned it does.
func Refuse(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	a := &api{Options: Options{Log: log}}
	c, _ := gin.CreateTestContext(w)
	c.Request = r
	a.refuse(c, err)
}

// Body is what came of reading a body as some route does.
type Body struct {
	Name string
	Err  error
}

// Bodies reads one body as each kind of input.
func Bodies(body []byte) []Body {
	return []Body{
		reads[loginInput]("login", body), reads[registrationInput]("registration", body), reads[declarationInput]("declaration", body),
		reads[doorInput]("visit", body), reads[entryInput]("entry", body), reads[acceptanceInput]("acceptance", body),
		reads[recordsInput[vaccinationInput]]("vaccinations", body), reads[recordsInput[testInput]]("tests", body),
	}
}

func reads[T any](name string, body []byte) Body {
	_, err := decode[T](body)
	return Body{name, err}
}

// HostOf is where a page is shown.
var HostOf = hostOf

// KeysFollower fetches what is due each time that it is called, as a service that runs
// does every few seconds.
func KeysFollower(o Options) func(context.Context) {
	before := fetched{}
	return func(ctx context.Context) { o.fetchPeers(ctx, before) }
}
