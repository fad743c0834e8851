package forms

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"healthcode/models"
)

// maxUnknown bounds how many unknown fields one answer is told about.
const maxUnknown = 10

// member is one key of a JSON object with its value.
type member struct {
	key string
	raw json.RawMessage
}

// object takes a JSON object apart. What is no JSON is request.malformed, what
// is no object answer.type; a key that repeats is answer.conflict, since
// nothing says which of the two is meant.
func object(raw json.RawMessage) ([]member, error) {
	if !utf8.Valid(raw) || !json.Valid(raw) {
		return nil, models.Refuse(models.ReasonBodyMalformed)
	}
	if kind(raw) != '{' {
		return nil, models.Refuse(models.ReasonAnswerType)
	}
	in := json.NewDecoder(bytes.NewReader(raw))
	if _, err := in.Token(); err != nil {
		return nil, models.Refuse(models.ReasonBodyMalformed)
	}
	var members []member
	seen := map[string]bool{}
	for in.More() {
		key, err := in.Token()
		name, ok := key.(string)
		var value json.RawMessage
		if err != nil || !ok || in.Decode(&value) != nil {
			return nil, models.Refuse(models.ReasonBodyMalformed)
		}
		if seen[name] {
			return nil, models.Refuse(models.ReasonAnswerConflict).On(nameable(name))
		}
		seen[name] = true
		members = append(members, member{name, value})
	}
	if _, err := in.Token(); err != nil {
		return nil, models.Refuse(models.ReasonBodyMalformed)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, models.Refuse(models.ReasonBodyMalformed)
	}
	return members, nil
}

// nameable is the key if it looks like a field's, and else nothing: a problem
// names fields and never repeats what somebody may have typed there.
func nameable(key string) string {
	if idPattern.MatchString(key) {
		return key
	}
	return ""
}

// kind is the first byte of a JSON value, which tells what sort of value it is.
func kind(raw json.RawMessage) byte {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return 0
	}
	return raw[0]
}

// checker holds answers against a form.
type checker struct {
	form     *Form
	today    time.Time // midnight UTC of the civil day
	places   func(code string) bool
	problems models.Problems
	out      Answers
	bad      map[string]bool // fields whose answer was refused
}

// Check holds answers, a JSON object with the fields' ids for keys, against the
// form. Today is the civil day that today shows in its own time zone; places
// says which places there are. The error is [models.Problems], every problem
// with the path of its field ("stays.0.from"), and then there are no answers.
//
// An empty text or list counts as no answer; null is refused. An answer to a
// field that the others hide is refused.
func (f *Form) Check(answers json.RawMessage, today time.Time, places func(code string) bool) (Answers, error) {
	y, m, d := today.Date()
	c := &checker{form: f, today: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), places: places,
		out: Answers{form: f}, bad: map[string]bool{}}
	members, err := object(answers)
	if err != nil {
		c.problems.Add("", err)
		return Answers{}, c.problems
	}
	given := make(map[string]json.RawMessage, len(members))
	unknown := 0
	for _, m := range members {
		given[m.key] = m.raw
		if _, ok := f.Field(m.key); !ok && unknown < maxUnknown {
			c.problems.Add(nameable(m.key), models.Refuse(models.ReasonAnswerUnknown))
			unknown++
		}
	}
	for i := range f.Fields {
		c.field(&f.Fields[i], given[f.Fields[i].ID])
	}
	if err := c.problems.Err(); err != nil {
		return Answers{}, err
	}
	return c.out, nil
}

// field checks one field; raw is nil when it was not answered.
func (c *checker) field(f *Field, raw json.RawMessage) {
	shown, known := c.shown(f)
	if raw == nil {
		if f.Required && shown && known {
			c.refuse(f, models.Refuse(models.ReasonAnswerMissing))
		}
		return
	}
	if !shown && known {
		c.refuse(f, models.Refuse(models.ReasonAnswerConflict))
		return
	}
	a := answer{field: f}
	empty, err := c.read(&a, raw)
	switch {
	case err != nil:
		c.refuse(f, err)
	case empty && f.Required && known:
		c.refuse(f, models.Refuse(models.ReasonAnswerMissing))
	case !empty:
		c.out.answers = append(c.out.answers, a)
	}
}

func (c *checker) refuse(f *Field, err error) {
	c.problems.Add(f.ID, err)
	c.bad[f.ID] = true
}

// shown reports whether the field is shown, and whether that is known: it is not
// when the answer that it hangs on was refused.
func (c *checker) shown(f *Field) (shown, known bool) {
	if f.When == nil {
		return true, true
	}
	if c.bad[f.When.Field] {
		return true, false
	}
	return c.out.holds(f.When), true
}

// read reads the answer as its field's type, and reports whether it is empty.
func (c *checker) read(a *answer, raw json.RawMessage) (empty bool, err error) {
	switch a.field.Type {
	case TypeDecimal:
		a.number, err = readNumber(a.field, raw)
	case TypeChoice:
		var code string
		if code, err = readString(raw); err == nil {
			a.codes, err = readCodes(a.field, []string{code})
		}
	case TypeChoices:
		a.codes, err = readChoices(a.field, raw)
		empty = len(a.codes) == 0
	case TypeText:
		a.text, err = readText(a.field, raw)
		empty = a.text == ""
	case TypeDate:
		a.day, err = c.readDay(raw, a.field.Window)
	case TypePlace:
		a.text, err = c.readPlace(raw)
	case TypeStays:
		a.stays, err = c.readStays(a.field, raw)
		empty = len(a.stays) == 0
	}
	return empty && err == nil, err
}

// readStays reads the list of stays and tells all that is wrong with it.
func (c *checker) readStays(f *Field, raw json.RawMessage) ([]Stay, error) {
	list, err := readList(raw, f.MaxItems)
	if err != nil {
		return nil, err
	}
	var ps models.Problems
	stays := make([]Stay, len(list))
	for i, item := range list {
		var err error
		stays[i], err = c.readStay(f, item)
		ps.Add(strconv.Itoa(i), err)
	}
	return stays, ps.Err()
}

func (c *checker) readStay(f *Field, raw json.RawMessage) (s Stay, err error) {
	members, err := object(raw)
	if err != nil {
		return s, err
	}
	var ps models.Problems
	given := map[string]bool{}
	for _, m := range members {
		given[m.key] = true
		switch m.key {
		case "place":
			s.Place, err = c.readPlace(m.raw)
		case "from":
			s.From, err = c.readDay(m.raw, f.Window)
		case "to":
			s.To, err = c.readDay(m.raw, f.Window)
		default:
			ps.Add(nameable(m.key), models.Refuse(models.ReasonAnswerUnknown))
			continue
		}
		ps.Add(m.key, err)
	}
	for _, key := range []string{"place", "from", "to"} {
		if !given[key] {
			ps.Add(key, models.Refuse(models.ReasonAnswerMissing))
		}
	}
	if len(ps) == 0 && s.To.Before(s.From) {
		ps.Add("to", models.Refuse(models.ReasonAnswerDate))
	}
	return s, ps.Err()
}

// readDay reads a day that is neither ahead nor more than so many days back.
func (c *checker) readDay(raw json.RawMessage, window int) (time.Time, error) {
	s, err := readString(raw)
	if err != nil {
		return time.Time{}, err
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil || day.After(c.today) || day.Before(c.today.AddDate(0, 0, -window)) {
		return time.Time{}, models.Refuse(models.ReasonAnswerDate)
	}
	return day, nil
}

func (c *checker) readPlace(raw json.RawMessage) (string, error) {
	code, err := readString(raw)
	if err != nil {
		return "", err
	}
	if len(code) > 32 || !c.places(code) {
		return "", models.Refuse(models.ReasonPlaceUnknown)
	}
	return code, nil
}
