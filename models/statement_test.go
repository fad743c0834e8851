package models

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func peerQuestion() PeerQuestion {
	return PeerQuestion{From: "330000", To: "340000", At: peerNow, Nonce: bytes.Repeat([]byte{7}, NonceSize), Pass: strings.Repeat("0", 288)}
}

func peerStatement() PeerStatement {
	return PeerStatement{From: "340000", To: "330000", Nonce: bytes.Repeat([]byte{7}, NonceSize), Handle: "0102030405060708", Colour: "01",
		Reasons: []string{"zone"}, Tests: []PeerTest{{"nat_neg", 20}}, Verified: true, Name: "张*", At: peerNow}
}

func peerReason(t *testing.T, err error) Reason {
	t.Helper()
	var p *Problem
	if err != nil && !errors.As(err, &p) {
		t.Fatal(err)
	}
	if p == nil {
		return ""
	}
	return p.Reason
}

// TestPapersAreFrozen: the bytes that are signed stand in docs/recognition.md.
func TestPapersAreFrozen(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../docs/recognition.md")
	if err != nil {
		t.Fatal(err)
	}
	signed, err := SignPaper(peerSigner(t, "a"), PaperStatement, peerStatement())
	if err != nil {
		t.Fatal(err)
	}
	again, err := SignPaper(peerSigner(t, "a"), PaperStatement, peerStatement())
	if err != nil || !bytes.Equal(signed.Signature, again.Signature) {
		t.Errorf("two signatures of the same: %v", err)
	}
	for what, text := range map[string]string{"payload": string(signed.Payload), "signature": base64.StdEncoding.EncodeToString(signed.Signature),
		"fingerprint": Fingerprint(signed.By), "key": base64.StdEncoding.EncodeToString(signed.By)} {
		if !strings.Contains(string(doc), text) {
			t.Errorf("docs/recognition.md lacks the example's %s: %s", what, text)
		}
	}
	for _, paper := range []PeerPaper{PaperKeys, PaperQuestion, PaperStatement, PaperPassed} {
		if !strings.Contains(string(doc), strings.TrimSpace(string(paper))) {
			t.Errorf("docs/recognition.md lacks %q", paper)
		}
	}
}

func TestOpenPaper(t *testing.T) {
	t.Parallel()
	key, other := peerSigner(t, "a"), peerSigner(t, "b")
	pins := []string{pinOf(t, key)}
	signed, err := SignPaper(key, PaperStatement, peerStatement())
	if err != nil {
		t.Fatal(err)
	}
	got, err := OpenPaper[PeerStatement](signed, PaperStatement, pins)
	if diff := cmp.Diff(peerStatement(), got); err != nil || diff != "" {
		t.Fatalf("%v %s", err, diff)
	}
	for name, c := range map[string]struct {
		spoil func(*Signed)
		paper PeerPaper
		want  Reason
	}{
		"another key":       {func(s *Signed) { *s, _ = SignPaper(other, PaperStatement, peerStatement()) }, PaperStatement, ReasonPeerUnknown},
		"another key named": {func(s *Signed) { s.By, _ = PeerKey(&other.PublicKey) }, PaperStatement, ReasonPeerUnknown},
		"pinned key named": {func(s *Signed) {
			by := s.By
			*s, _ = SignPaper(other, PaperStatement, peerStatement())
			s.By = by
		}, PaperStatement, ReasonPeerForged},
		"green made of yellow": {func(s *Signed) { s.Payload = bytes.Replace(s.Payload, []byte(`"01"`), []byte(`"00"`), 1) }, PaperStatement, ReasonPeerForged},
		"signature cut":        {func(s *Signed) { s.Signature = s.Signature[:8] }, PaperStatement, ReasonPeerForged},
		"another paper":        {func(*Signed) {}, PaperQuestion, ReasonPeerForged},
		"nothing":              {func(s *Signed) { *s = Signed{} }, PaperStatement, ReasonPeerUnknown},
		"another sort inside":  {func(s *Signed) { *s, _ = SignPaper(key, PaperStatement, peerQuestion()) }, PaperStatement, ReasonPeerMalformed},
	} {
		bad := signed
		c.spoil(&bad)
		got, err := OpenPaper[PeerStatement](bad, c.paper, pins)
		if peerReason(t, err) != c.want || !cmp.Equal(got, PeerStatement{}) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestQuestionsAreForUsAndOfNow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*PeerQuestion)
		want   Reason
	}{
		"good":              {func(*PeerQuestion) {}, ""},
		"90 seconds early":  {func(q *PeerQuestion) { q.At = peerNow.Add(PeerSkew) }, ""},
		"more":              {func(q *PeerQuestion) { q.At = peerNow.Add(PeerSkew + 1) }, ReasonPeerClock},
		"91 seconds late":   {func(q *PeerQuestion) { q.At = peerNow.Add(-91 * time.Second) }, ReasonPeerClock},
		"for another":       {func(q *PeerQuestion) { q.To = "370000" }, ReasonPeerElsewhere},
		"a short nonce":     {func(q *PeerQuestion) { q.Nonce = q.Nonce[1:] }, ReasonPeerMalformed},
		"for itself":        {func(q *PeerQuestion) { q.For = q.From }, ReasonPeerMalformed},
		"from nobody":       {func(q *PeerQuestion) { q.From = "" }, ReasonPeerMalformed},
		"for somebody else": {func(q *PeerQuestion) { q.For = "370000" }, ""},
		"for no place":      {func(q *PeerQuestion) { q.For = "37000000000" }, ReasonPeerMalformed},
	} {
		q := peerQuestion()
		c.change(&q)
		if got := peerReason(t, q.Check("340000", peerNow)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestStatementsAnswerTheQuestion(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*PeerStatement)
		want   Reason
	}{
		"good":              {func(*PeerStatement) {}, ""},
		"of another":        {func(s *PeerStatement) { s.From = "370000" }, ReasonPeerElsewhere},
		"for another":       {func(s *PeerStatement) { s.To = "370000" }, ReasonPeerElsewhere},
		"for somebody else": {func(s *PeerStatement) { s.For = "370000" }, ReasonPeerElsewhere},
		"another nonce":     {func(s *PeerStatement) { s.Nonce = bytes.Repeat([]byte{8}, NonceSize) }, ReasonPeerReplayed},
		"another person":    {func(s *PeerStatement) { s.Handle = "0102030405060709" }, ReasonPeerReplayed},
		"of an hour ago":    {func(s *PeerStatement) { s.At = peerNow.Add(-time.Hour) }, ReasonPeerClock},
		"of tomorrow":       {func(s *PeerStatement) { s.At = peerNow.Add(24 * time.Hour) }, ReasonPeerClock},
		"no colour":         {func(s *PeerStatement) { s.Colour = "" }, ReasonPeerMalformed},
		"a long colour":     {func(s *PeerStatement) { s.Colour = strings.Repeat("g", 65) }, ReasonPeerMalformed},
		"many reasons":      {func(s *PeerStatement) { s.Reasons = make([]string, 33) }, ReasonPeerMalformed},
		"a test from ahead": {func(s *PeerStatement) { s.Tests[0].Hours = -1 }, ReasonPeerMalformed},
	} {
		s := peerStatement()
		c.change(&s)
		if got := peerReason(t, s.Check(peerQuestion(), "0102030405060708", peerNow)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestPeerKeysCheck(t *testing.T) {
	t.Parallel()
	by, err := PeerKey(&peerSigner(t, "a").PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*PeerKeys)
		want   Reason
	}{
		"good":        {func(*PeerKeys) {}, ""},
		"another's":   {func(k *PeerKeys) { k.Code = "370000" }, ReasonPeerElsewhere},
		"run out":     {func(k *PeerKeys) { k.Until = peerNow }, ReasonPeerExpired},
		"of tomorrow": {func(k *PeerKeys) { k.At = peerNow.Add(24 * time.Hour) }, ReasonPeerClock},
		"no key":      {func(k *PeerKeys) { k.Passes[0].Key = by[:64] }, ReasonPeerMalformed},
		"twice":       {func(k *PeerKeys) { k.Passes = append(k.Passes, k.Passes[0]) }, ReasonPeerMalformed},
	} {
		k := PeerKeys{Code: "340000", Passes: []PeerPassKey{{1, by}}, At: peerNow, Until: peerNow.Add(PeerKeysLife)}
		c.change(&k)
		if got := peerReason(t, k.Check("340000", peerNow)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestParseNumbers(t *testing.T) {
	t.Parallel()
	got, err := ParseNumbers(map[string]string{"green": "1", "yellow": "2", "red": "3", "grey": "4"})
	if err != nil || (Installation{Numbers: got}).Number(Red) != "3" || (Installation{}).Number(Red) != "red" {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []map[string]string{{"green": "1"}, {"green": "1", "yellow": "1", "red": "3", "grey": "4"}, {"blue": "1"},
		{"green": "", "yellow": "2", "red": "3", "grey": "4"}} {
		if _, err := ParseNumbers(bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

// FuzzSigned: what comes from outside is refused in our words, or signed by the
// pinned key.
func FuzzSigned(f *testing.F) {
	key := peerSigner(f, "a")
	signed, err := SignPaper(key, PaperStatement, peerStatement())
	if err != nil {
		f.Fatal(err)
	}
	good, err := json.Marshal(signed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"by":"","payload":"","signature":""}`))
	f.Add(append(good, '{'))
	pins := []string{pinOf(f, key)}
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := ParseSigned(body)
		if err != nil {
			if peerReason(t, err) != ReasonPeerMalformed {
				t.Fatal(err)
			}
			return
		}
		s.Peek()
		got, err := OpenPaper[PeerStatement](s, PaperStatement, pins)
		if peerReason(t, err) == "" && !bytes.Equal(s.Payload, signed.Payload) {
			t.Fatalf("forged: %+v", got)
		}
	})
}
