package models

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// feedHead is the head of those lines, of a feed of 2022-03-14.
func feedHead(body string) FeedHead {
	date, _ := ParseDay("2022-03-14")
	return FeedHead{Operator: "cmcc", Sequence: 42, Date: date, Rows: int64(strings.Count(body, "\n")), Digest: sha256.Sum256([]byte(body))}
}

// readFeed is what the lines say, and what is wrong with others.
func readFeed(t testing.TB, in io.Reader, head FeedHead) (said []string, faults Problems) {
	t.Helper()
	for r := NewFeedReader(in, head, 0, 0, IsCity); ; {
		d, err := r.Next()
		var fault *Problem
		switch {
		case errors.Is(err, io.EOF):
			return said, faults
		case errors.As(err, &fault):
			faults = append(faults, fault)
		case err != nil:
			t.Fatal(err)
		default:
			said = append(said, fmt.Sprintf("%.4s %s %d: %s", d.Token.String(), d.Day, d.Revision, d.Text()))
		}
	}
}

const (
	tokenA = "0a000000000000000000000000000000"
	tokenB = "0b000000000000000000000000000000"
)

func TestFeedReader(t *testing.T) {
	t.Parallel()
	body := tokenA + ",2022-03-12,310000,6,1\n" + tokenA + ",2022-03-12,330100,18,1\n" +
		tokenA + ",2022-03-13,330100,24,2\n" + tokenB + ",2022-03-13,,0,3\n"
	want := []string{"0a00 2022-03-12 1: 310000 6,330100 18", "0a00 2022-03-13 2: 330100 24", "0b00 2022-03-13 3: "}
	for name, in := range map[string]io.Reader{"at once": strings.NewReader(body), "byte by byte": iotest.OneByteReader(strings.NewReader(body))} {
		got, faults := readFeed(t, in, feedHead(body))
		if diff := cmp.Diff(want, got); diff != "" || len(faults) > 0 {
			t.Errorf("%s: %v\n%s", name, faults, diff)
		}
	}
}

// TestFeedReaderGoesOn: from wherever it was left, behind each day of a phone.
func TestFeedReaderGoesOn(t *testing.T) {
	t.Parallel()
	body := tokenA + ",2022-03-12,310000,6,1\n" + tokenA + ",2022-03-12,330100,18,1\n" +
		tokenA + ",2022-03-13,330100,24,2\n" + tokenB + ",2022-03-13,,0,3\n"
	type left struct{ Bytes, Rows int64 }
	var got []left
	for at := (left{}); at.Bytes < int64(len(body)); {
		r := NewFeedReader(strings.NewReader(body[at.Bytes:]), feedHead(body), at.Bytes, at.Rows, IsCity)
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		at.Bytes, at.Rows = r.Reached()
		got = append(got, at)
	}
	first := int64(strings.Index(body, tokenA+",2022-03-13"))
	want := []left{{first, 2}, {int64(strings.Index(body, tokenB)), 3}, {int64(len(body)), 4}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFeedFaults(t *testing.T) {
	t.Parallel()
	good := tokenA + ",2022-03-13,330100,24,1\n"
	for _, c := range []struct{ lines, want string }{
		{"", "line 3"},
		{"hello", "line 3"},
		{tokenB + ",2022-03-13,330100,24", "line 3.revision"},
		{tokenB + ",2022-03-13,330100", "line 3.hours"},
		{tokenB + ",2022-03-13", "line 3"},
		{strings.ToUpper(tokenB) + ",2022-03-13,330100,24,1", "line 3.token"},
		{"zz" + tokenB[2:] + ",2022-03-13,330100,24,1", "line 3.token"},
		{tokenB + ",2022-03-14,330100,24,1", "line 3.day"}, // the day of the file itself
		{tokenB + ",2022-02-20,330100,24,1", "line 3.day"}, // longer ago than anything is kept
		{tokenB + ",2022-02-30,330100,24,1", "line 3.day"},
		{tokenB + ",13.03.2022,330100,24,1", "line 3.day"},
		{tokenB + ",2022-03-13,330110,24,1", "line 3.city"}, // a district
		{tokenB + ",2022-03-13,330000,24,1", "line 3.city"}, // a province
		{tokenB + ",2022-03-13,000000,24,1", "line 3.city"},
		{tokenB + ",2022-03-13,Hangzhou,24,1", "line 3.city"},
		{tokenB + ",2022-03-13,330100,25,1", "line 3.hours"},
		{tokenB + ",2022-03-13,330100,0,1", "line 3.hours"},
		{tokenB + ",2022-03-13,330100,024,1", "line 3.hours"},
		{tokenB + ",2022-03-13,330100,-4,1", "line 3.hours"},
		{tokenB + ",2022-03-13,,4,1", "line 3.hours"},
		{tokenB + ",2022-03-13,330100,24,0", "line 3.revision"},
		{tokenB + ",2022-03-13,330100,24,1,x", "line 3.revision"},
		{tokenB + ",2022-03-13,330100,24,1\r", "line 3.revision"},
		{tokenB + ",2022-03-13,330100,24,1" + strings.Repeat(" ", FeedLineMost), "line 3"},
		{tokenB + ",2022-03-13,330100,24,1" + strings.Repeat("1", feedBuffer+5), "line 3"},
		{tokenA + ",2022-03-13,310000,4,1", "feed.order on line 3"},
		{tokenA + ",2022-03-13,330100,24,1", "feed.order on line 3"},
		{tokenA + ",2022-03-12,330100,24,1", "feed.order on line 3"},
		{"09" + tokenA[2:] + ",2022-03-13,330100,24,1", "feed.order on line 3"},
		{tokenA + ",2022-03-13,340100,4,2", "line 3.revision"}, // a day has one in a file
		{tokenB + ",2022-03-13,,0,1\n" + tokenB + ",2022-03-13,330100,4,1", "line 4.city"},
		{tokenB + ",2022-03-13,330100,4,0\n" + tokenB + ",2022-03-13,33010,4,1", "line 3.revision; feed.line on line 4.city"},
	} {
		body := good + c.lines + "\n" + "0c" + tokenA[2:] + ",2022-03-13,330100,24,1\n"
		said, faults := readFeed(t, strings.NewReader(body), feedHead(body))
		want := c.want
		if !strings.HasPrefix(want, "feed.") {
			want = "feed.line on " + want
		}
		if faults.Error() != want {
			t.Errorf("%.60q: %v, want %s", c.lines, faults, want)
		}
		if last := said[len(said)-1]; last != "0c00 2022-03-13 1: 330100 24" {
			t.Errorf("%.60q: what follows is read as %s", c.lines, last)
		}
	}
	_, faults := readFeed(t, strings.NewReader(good+tokenB+",2022-03-13,330100,24,1"), feedHead(good))
	if faults.Error() != "feed.line on line 3" {
		t.Errorf("a last line without an end: %v", faults)
	}
	if _, faults = readFeed(t, strings.NewReader(crowded(25)), feedHead("")); faults.Error() != "feed.line on line 26.city" {
		t.Errorf("more cities than hours: %v", faults)
	}
}

// crowded is one day in so many cities.
func crowded(n int) (body string) {
	for i := range n {
		body += fmt.Sprintf("%s,2022-03-13,33%02d00,1,1\n", tokenA, i+1)
	}
	return body
}

func TestFeedReaderFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk")
	r := NewFeedReader(io.MultiReader(strings.NewReader(tokenA+",2022-"), iotest.ErrReader(broken)), feedHead(""), 0, 0, IsCity)
	if _, err := r.Next(); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestFeedHead(t *testing.T) {
	t.Parallel()
	head := feedHead("x\n")
	if got, err := ParseFeedHead(head.String()); err != nil || got != head {
		t.Errorf("got %+v, %v", got, err)
	}
	good := head.String()
	for _, change := range [][2]string{{"feed 1", "feed 2"}, {"cmcc", "CMCC"}, {"cmcc", ""}, {"=42", "=042"}, {"=42", "=0"}, {"=42", "=-1"}, {"=42", "=99999999999999999999"},
		{"2022-03-14", "2022-3-14"}, {"rows=1", "rows=0"}, {"rows=1", "rows=1000000001"}, {"sha256=", "sha256=0"}, {" date", "  date"}, {"sequence", "number"},
		{"healthcode-feed", "feed"}, {"sha256=", "sha256= "}} {
		line := strings.Replace(good, change[0], change[1], 1)
		if got, err := ParseFeedHead(line); err == nil {
			t.Errorf("%s is read as %+v", line, got)
		}
	}
	for _, line := range []string{good + " ", good + "\r", good[:len(good)-1], ""} {
		if _, err := ParseFeedHead(line); err == nil {
			t.Errorf("%q is read", line)
		}
	}
}

func TestFeedKeys(t *testing.T) {
	t.Parallel()
	head := feedHead("x\n").String()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	hash := sha256.Sum256([]byte(head + "\n"))
	signedEC, err := ecdsa.SignASN1(rand.Reader, ec, hash[:])
	must(t, err)
	for name, c := range map[string]struct {
		public    any
		signature []byte
	}{"Ed25519": {ed.Public(), ed25519.Sign(ed, []byte(head+"\n"))}, "P-256": {ec.Public(), signedEC}} {
		der, err := x509.MarshalPKIXPublicKey(c.public)
		must(t, err)
		key, err := ParseFeedKey(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		must(t, err)
		again, err := FeedKeyOf(key.DER)
		must(t, err)
		if len(key.ID) != 16 || again.ID != key.ID || !again.Signed(head, c.signature) {
			t.Errorf("%s: the signature is not its own", name)
		}
		if key.Signed(strings.Replace(head, "=42", "=43", 1), c.signature) || key.Signed(head, append([]byte{1}, c.signature...)) || key.Signed(head, nil) {
			t.Errorf("%s: what it has not signed is its own", name)
		}
	}
	small, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	other, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	for _, public := range []any{small.Public(), other.Public()} {
		der, err := x509.MarshalPKIXPublicKey(public)
		must(t, err)
		if _, err := FeedKeyOf(der); err == nil {
			t.Errorf("%T is taken", public)
		}
	}
	if _, err := ParseFeedKey([]byte("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")); err == nil {
		t.Error("nothing is taken for a key")
	}
	if (FeedKey{}).Signed(head, nil) {
		t.Error("no key has signed anything")
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFeedSignature(t *testing.T) {
	t.Parallel()
	got, err := ParseFeedSignature([]byte("0123456789abcdef " + base64.StdEncoding.EncodeToString([]byte("signed")) + "\n"))
	if err != nil || got.Key != "0123456789abcdef" || string(got.Bytes) != "signed" {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"", "a", "a b c", "a !", strings.Repeat("a", 17) + " YQ==", "a " + strings.Repeat("A", 400)} {
		if _, err := ParseFeedSignature([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

// TestFeedExample: the example that operators are given is one that would be taken.
func TestFeedExample(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/feed.md")
	must(t, err)
	block := func(name string) string {
		t.Helper()
		found := regexp.MustCompile("(?s)`" + regexp.QuoteMeta(name) + "`[^\n]*\n\n```\n(.*?)```").FindSubmatch(page)
		if found == nil {
			t.Fatalf("docs/feed.md has no example of %s", name)
		}
		return string(found[1])
	}
	line, body, _ := strings.Cut(block("feed-42.txt"), "\n")
	head, err := ParseFeedHead(line)
	must(t, err)
	if head.Digest != sha256.Sum256([]byte(body)) || head.Rows != int64(strings.Count(body, "\n")) {
		t.Error("the head is not of these lines")
	}
	said, faults := readFeed(t, strings.NewReader(body), head)
	if len(said) != 4 || len(faults) > 0 {
		t.Errorf("it says %q; %v", said, faults)
	}
	key, err := ParseFeedKey([]byte(block("cmcc.pem")))
	must(t, err)
	signature, err := ParseFeedSignature([]byte(block("feed-42.txt.sig")))
	must(t, err)
	if signature.Key != key.ID || !key.Signed(line, signature.Bytes) {
		t.Error("the signature is not of this head and key")
	}
}

func TestFeedDayTraces(t *testing.T) {
	t.Parallel()
	day, err := ParseDay("2022-03-13")
	must(t, err)
	cities, err := ParseFeedCities(FeedDay{Cities: []FeedCity{{"310000", 6}, {"330100", 24}}}.Text())
	must(t, err)
	got := FeedDay{Day: day, Cities: cities}.Traces()
	begin := time.Date(2022, 3, 12, 16, 0, 0, 0, time.UTC) // midnight in China
	want := []Trace{{Place: "310000", From: begin, To: begin.Add(6 * time.Hour), Source: TraceFeed},
		{Place: "330100", From: begin, To: begin.Add(24 * time.Hour), Source: TraceFeed}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if DayOf(begin) != day || DayOf(begin.Add(-time.Nanosecond)) != day-1 {
		t.Error("a day does not begin at China's midnight")
	}
	if _, err := ParseFeedCities("330100"); err == nil {
		t.Error("a city without hours is read")
	}
}

func TestIsCity(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"330100": true, "110000": true, "429004": true, "810000": true, "330110": false, "110101": false,
		"330000": false, "000000": false, "": false, "3301": false} {
		if IsCity(code) != want {
			t.Errorf("%s: a city is %v", code, !want)
		}
	}
}

// FuzzFeed: whatever stands in a feed, what is read of it is what it says, in order, and
// it is read the same from wherever it was left.
func FuzzFeed(f *testing.F) {
	f.Add([]byte(tokenA + ",2022-03-12,310000,6,1\n" + tokenA + ",2022-03-12,330100,18,1\n" + tokenB + ",2022-03-13,,0,3\n"))
	f.Add([]byte(tokenB + ",2022-03-13,330100,24,1\n" + tokenA + ",2022-03-13,330100,24,1\n\n,,,,\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		head := feedHead("")
		var again bytes.Buffer
		var last string
		for r := NewFeedReader(bytes.NewReader(body), head, 0, 0, IsCity); ; {
			d, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			var fault *Problem
			if err != nil && !errors.As(err, &fault) {
				t.Fatal(err)
			}
			if reached, rows := r.Reached(); reached > int64(len(body)) || rows > int64(bytes.Count(body, []byte("\n"))+1) {
				t.Fatalf("%d bytes and %d lines of %d", reached, rows, len(body))
			}
			if err != nil {
				last = ""
				continue
			}
			if key := d.Token.String() + d.Day.String(); last != "" && key < last {
				t.Fatalf("%s follows %s", key, last)
			} else {
				last = key
			}
			if d.Day >= head.Date || d.Day < head.Date-FeedDays || d.Revision < 1 {
				t.Fatalf("%+v is taken", d)
			}
			lines(&again, d)
		}
		if _, faults := readFeed(t, bytes.NewReader(body), head); len(faults) == 0 && !bytes.Equal(again.Bytes(), body) {
			t.Fatalf("%q is read as %q", body, again.Bytes())
		}
	})
}

// lines writes the day as a feed does.
func lines(to *bytes.Buffer, d FeedDay) {
	if len(d.Cities) == 0 {
		fmt.Fprintf(to, "%s,%s,,0,%d\n", d.Token, d.Day, d.Revision)
	}
	for _, c := range d.Cities {
		fmt.Fprintf(to, "%s,%s,%s,%d,%d\n", d.Token, d.Day, c.City, c.Hours, d.Revision)
	}
}

// FuzzFeedHead: one head is written in one way.
func FuzzFeedHead(f *testing.F) {
	f.Add(feedHead("x\n").String())
	f.Fuzz(func(t *testing.T, line string) {
		head, err := ParseFeedHead(line)
		if err == nil && (head.String() != line || len(line) > FeedHeadMost) {
			t.Fatalf("%q is read as %q", line, head)
		}
	})
}
