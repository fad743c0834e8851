package handlers

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
)

// How long a body may be, in bytes.
const (
	bodyLimit    = 32 << 10
	recordsLimit = 1 << 20
)

// bind reads the body as one JSON value of type T: nothing unknown in it,
// nothing after it, and no more than the limit.
func bind[T any](c *gin.Context) (T, error) {
	body, err := read(c, bodyLimit)
	if err != nil {
		var none T
		return none, err
	}
	return decode[T](body)
}

// bindKeyed is bind for a request that may be sent again, with the key that makes it so.
func bindKeyed[T any](c *gin.Context) (in T, key store.Key, err error) {
	body, err := read(c, bodyLimit)
	if err != nil {
		return in, key, err
	}
	if key, err = idempotencyKey(c, body); err != nil {
		return in, key, err
	}
	in, err = decode[T](body)
	return in, key, err
}

// idempotencyKey is what makes a request repeatable.
func idempotencyKey(c *gin.Context, body []byte) (store.Key, error) {
	key := c.GetHeader("Idempotency-Key")
	if len(key) < 16 || len(key) > 80 {
		return store.Key{}, models.Refuse(models.ReasonIdempotencyKey)
	}
	return store.Key{Value: key, Body: body}, nil
}

// read reads the whole body, up to the limit.
func read(c *gin.Context, limit int64) ([]byte, error) {
	if kind := c.ContentType(); kind != "application/json" {
		return nil, models.Refuse(models.ReasonBodyMalformed)
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, models.Refuse(models.ReasonBodyTooLarge)
	}
	if err != nil {
		return nil, models.Refuse(models.ReasonBodyMalformed)
	}
	return body, nil
}

// fieldNames are the only names that are repeated to a client: what somebody
// invented is not quoted back.
var fieldNames = regexp.MustCompile(`^[a-z_]{1,40}$`)

func decode[T any](body []byte) (T, error) {
	var out T
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		return out, notJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return out, models.Refuse(models.ReasonBodyMalformed)
	}
	return out, nil
}

func notJSON(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return models.Refuse(models.ReasonFieldBad).On(wrong.Field)
	}
	if _, name, found := strings.Cut(err.Error(), "unknown field "); found {
		name = strings.Trim(name, `"`)
		if !fieldNames.MatchString(name) {
			name = ""
		}
		return models.Refuse(models.ReasonFieldUnknown).On(name)
	}
	return models.Refuse(models.ReasonBodyMalformed)
}
