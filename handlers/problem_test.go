package handlers_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"healthcode/handlers"
	"healthcode/models"
)

// refuse is what a client gets for an error, and what the log says.
func refuse(t *testing.T, language string, err error) (answer, string) {
	t.Helper()
	r := httptest.NewRequest("POST", "/v1/anything", nil)
	r.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	var said bytes.Buffer
	handlers.Refuse(w, r, slog.New(slog.NewTextHandler(&said, nil)), err)
	return answer{Status: w.Code, Header: w.Result().Header, Body: w.Body.Bytes()}, said.String()
}

// TestProblems freezes what clients switch on and people read: every reason with
// its status and its words.
func TestProblems(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	for _, reason := range models.Reasons() {
		zh, _ := refuse(t, "zh-CN", models.Refuse(reason))
		en, _ := refuse(t, "en-GB", models.Refuse(reason))
		fmt.Fprintf(&list, "%d %s\n    %s\n    %s\n", zh.Status, reason, zh.problem().Text, en.problem().Text)
		if zh.Status != en.Status || zh.problem().Reason != reason {
			t.Errorf("%s is answered with %s in Chinese and %s in English", reason, zh, en)
		}
	}
	golden(t, "problems.golden", list.String())
}

// TestInternalErrorsStayInside: nobody but the log reads what nobody wrote for people.
func TestInternalErrorsStayInside(t *testing.T) {
	t.Parallel()
	const secret = "dial tcp 10.0.0.7: password of the database"
	for _, err := range []error{errors.New(secret), fmt.Errorf("store: %w", errors.New(secret)), models.Refuse(models.ReasonInternal).Because(errors.New(secret))} {
		a, said := refuse(t, "en", err)
		if a.Status != http.StatusInternalServerError || a.problem().Reason != models.ReasonInternal || bytes.Contains(a.Body, []byte("10.0.0.7")) {
			t.Errorf("got %s: %s", a, a.Body)
		}
		if !strings.Contains(said, secret) {
			t.Errorf("the log does not say what happened: %s", said)
		}
	}
}

// TestManyProblems: everything that is wrong is told at once, each under its field.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	var ps models.Problems
	ps.Add("name", models.Refuse(models.ReasonNameInvalid))
	ps.Add("phone", models.Refuse(models.ReasonPhoneInvalid).Because(errors.New("13800138000")))
	a, _ := refuse(t, "en", ps.Err())
	got := a.problem()
	if a.Status != http.StatusUnprocessableEntity || got.Field != "name" || len(got.Fields) != 2 || got.Fields[1].Field != "phone" ||
		got.Fields[1].Reason != models.ReasonPhoneInvalid || got.Fields[1].Text == "" || bytes.Contains(a.Body, []byte("138")) {
		t.Errorf("got %s", a.Body)
	}
	if !json.Valid(a.Body) {
		t.Error("it is no JSON")
	}
}
