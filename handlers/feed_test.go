package handlers_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"healthcode/models"
	"healthcode/platform"
)

// feed has an operator of numbers that begin with 138 say where the phones of all who
// agreed to it were the day before.
func (s *street) feed(sequence int64, where string) (told []models.FeedPhone) {
	s.t.Helper()
	ctx, by := s.t.Context(), models.Operator("test")
	public, key, err := ed25519.GenerateKey(rand.Reader)
	ok := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	ok(err)
	known := must[models.FeedKey](s.t)(models.FeedKeyOf(must[[]byte](s.t)(x509.MarshalPKIXPublicKey(public))))
	ok(s.store.AddOperator(ctx, by, "cmcc", known, []string{"138"}))
	ok(s.store.FeedPhones(ctx, by, "cmcc", true, func(list []models.FeedPhone) error { told = append(told, list...); return nil }))
	today, body := models.DayOf(s.now()), ""
	for _, p := range told {
		body += fmt.Sprintf("%s,%s,%s,24,%d\n", p.Token, today-1, where, sequence)
	}
	head := models.FeedHead{Operator: "cmcc", Sequence: sequence, Date: today, Rows: int64(len(told)), Digest: sha256.Sum256([]byte(body))}.String()
	signature := known.ID + " " + base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(head+"\n")))
	_, err = s.store.TakeFeed(ctx, by, bytes.NewReader([]byte(head+"\n"+body)), []byte(signature), func(models.Feed) {})
	ok(err)
	return told
}

// TestFeedOverHTTP: whose number a platform has given and who agrees sees what their
// operator says and that it was told their number; and nothing of it once they take the
// consent back.
func TestFeedOverHTTP(t *testing.T) {
	t.Parallel()
	s := settled(t)
	token := s.resident(platform.Alipay, 1, "张三")
	s.resident(platform.Alipay, 2, "李四") // who typed a number that is said to be theirs
	s.ask(token, "POST", "/v1/phone", map[string]string{"message": s.alipay.PhoneMessage(alipayApp, "13812345678")}).into(t, nil)
	told := s.feed(1, "420100")
	if len(told) != 1 || told[0].Phone.Reveal() != "13812345678" {
		t.Fatalf("told of %d: %v", len(told), told)
	}
	type held struct {
		Feed []struct {
			Day, City string
			Hours     int
		}
		Accesses []struct{ Purpose string }
	}
	read := func() (out held) {
		t.Helper()
		s.ask(token, "GET", "/v1/me", nil).into(t, &out)
		return out
	}
	out, seen := read(), 0
	for _, a := range out.Accesses {
		if a.Purpose == string(models.AccessFeed) {
			seen++
		}
	}
	if yesterday := (models.DayOf(s.now()) - 1).String(); fmt.Sprint(out.Feed) != "[{"+yesterday+" 420100 24}]" || seen != 1 {
		t.Errorf("held: %+v", out)
	}
	if page := string(s.ask(token, "GET", "/me", nil).Body); !strings.Contains(page, "武汉市") {
		t.Error("the page does not show the city")
	}
	s.ask(token, "DELETE", "/v1/consents/travel", nil).into(t, nil)
	if out := read(); len(out.Feed) != 0 {
		t.Errorf("held without consent: %+v", out.Feed)
	}
}
