package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/web"
)

// statuses is the one place where a kind of problem becomes a status code.
var statuses = map[models.Kind]int{
	models.Internal:        http.StatusInternalServerError,
	models.Invalid:         http.StatusUnprocessableEntity,
	models.Unauthenticated: http.StatusUnauthorized,
	models.Forbidden:       http.StatusForbidden,
	models.NotFound:        http.StatusNotFound,
	models.Conflict:        http.StatusConflict,
	models.Gone:            http.StatusGone,
	models.TooLarge:        http.StatusRequestEntityTooLarge,
	models.TooMany:         http.StatusTooManyRequests,
	models.Upstream:        http.StatusBadGateway,
}

// problemBody is what a client is told.
type problemBody struct {
	Error problemDetail `json:"error"`
}

type problemDetail struct {
	Reason    models.Reason  `json:"reason"`
	Text      string         `json:"text"`
	Field     string         `json:"field,omitempty"`
	RequestID string         `json:"request_id"`
	Fields    []problemField `json:"fields,omitempty"`
	Faults    []faultOutput  `json:"faults,omitempty"` // of a rule file or a form
	Where     string         `json:"where,omitempty"`  // the address of what is elsewhere
}

type problemField struct {
	Field  string        `json:"field"`
	Reason models.Reason `json:"reason"`
	Text   string        `json:"text"`
}

// problems reads every refusal out of an error. Whatever is not one is internal.
func problems(err error) models.Problems {
	var many models.Problems
	if errors.As(err, &many) {
		return many
	}
	var one *models.Problem
	if errors.As(err, &one) {
		return models.Problems{one}
	}
	switch {
	case errors.Is(err, models.NotFound):
		return models.Problems{models.Refuse(models.ReasonRouteUnknown)}
	}
	return models.Problems{models.Refuse(models.ReasonInternal)}
}

// refuse answers with an error. This is the border: the text of anything that
// nobody meant to be read stays in the log.
func (a *api) refuse(c *gin.Context, err error) {
	ps := problems(err)
	first := ps[0]
	status := statuses[first.Kind()]
	if first.Reason == models.ReasonBodyMalformed || first.Reason == models.ReasonMethod {
		status = map[models.Reason]int{models.ReasonBodyMalformed: http.StatusBadRequest,
			models.ReasonMethod: http.StatusMethodNotAllowed}[first.Reason]
	}
	if status >= http.StatusInternalServerError {
		a.Log.ErrorContext(c.Request.Context(), "request failed", "request_id", requestID(c), "route", c.FullPath(), "error", err.Error())
	}
	c.Set(keyReason, string(first.Reason))
	language := languageOf(c)
	if status == http.StatusTooManyRequests {
		c.Header("Retry-After", "5")
	}
	var elsewhere store.Elsewhere
	errors.As(err, &elsewhere)
	if !strings.HasPrefix(c.Request.URL.Path, "/v1/") {
		a.refusePage(c, status, first, elsewhere.Where)
		return
	}
	body := problemDetail{Reason: first.Reason, Field: first.Field, RequestID: requestID(c),
		Text: web.Reason(language, first.Reason), Where: elsewhere.Where, Faults: faults(language, err)}
	if len(ps) > 1 || first.Field != "" {
		for _, p := range ps {
			body.Fields = append(body.Fields, problemField{p.Field, p.Reason, web.Reason(language, p.Reason)})
		}
	}
	c.AbortWithStatusJSON(status, problemBody{body})
}
