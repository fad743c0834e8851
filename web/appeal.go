package web

import (
	"strconv"
	"time"

	"healthcode/models"
)

// AppealPage is where a resident objects to something.
type AppealPage struct {
	Page
	Target    models.Target
	Against   string   // what it is about, in words
	Reasons   []string // of a decision: what its rules say
	Contested []ContestedView
	District  bool // it is the district's from the beginning
	Due       time.Time
}

// ContestedView is a piece of evidence in the reader's words.
type ContestedView struct {
	ID        string
	Say       string
	At        time.Time
	Withdrawn bool
}

// Most is how many pictures an appeal may have.
func (p AppealPage) Most() int { return models.AppealPhotos }

// AppealsPage is everything that its reader objected to, the latest first, and what
// became of it.
type AppealsPage struct {
	Page
	Appeals []AppealView
}

// AppealView is one objection in its reader's words.
type AppealView struct {
	Against   string
	At        time.Time
	Words     string
	Contested []ContestedView
	Photos    []PhotoView
	State     string
	Answer    string
	Open      bool
	District  bool
	Overdue   bool
	Due       time.Time
	Granted   bool
}

// NewAppealView puts an appeal into the reader's words, as it stands at now.
func NewAppealView(p Page, a models.Appeal, against string, now time.Time) AppealView {
	r := a.Review
	return AppealView{Against: against, At: a.At, Words: a.Words, State: p.T("review.state." + string(r.State)), Answer: r.Words,
		Open: !r.State.Done(), District: r.Level == models.LevelDistrict, Overdue: r.Late(now), Due: r.DueAt, Granted: r.State == models.ReviewGranted}
}

// PhotoView is a picture and what is said of it to whoever does not see it.
type PhotoView struct{ At, Alt string }

// PhotoViews are pictures that stand at an address that ends in their id.
func PhotoViews(p Page, at string, ids []string) (list []PhotoView) {
	for i, id := range ids {
		list = append(list, PhotoView{at + id, p.T("appeal.photo", "n", strconv.Itoa(i+1))})
	}
	return list
}

// Passed says that the district answers an appeal from now on.
func Passed(p Page, r models.Review) string { return p.T("notices.passed", "due", p.When(r.DueAt)) }

// AgainstDecision is a decision as that which an appeal is against.
func AgainstDecision(p Page, d models.Decision) string {
	if d.ID == "" { // it is not kept any more
		return p.T("appeal.against.past")
	}
	return p.T("appeal.against.decision", "word", ColourWord(p.Language, d.Colour), "at", p.When(d.At))
}

// FactWords says what a piece of evidence is. Place is the name of where somebody
// stayed.
func FactWords(language string, f models.Fact, place string) string {
	say := func(key string, pairs ...string) string { return Text(language, "fact."+key, pairs...) }
	switch f.Kind {
	case models.FactSymptom:
		return say("symptom", "what", either(language, "fact.symptom."+f.Code, f.Code))
	case models.FactContact:
		return either(language, "fact.contact."+f.Code, say("contact"))
	case models.FactStay:
		return say("stay", "place", place, "level", either(language, "fact.level."+f.Level, f.Level))
	case models.FactTest:
		return say("test", "kind", either(language, "test."+f.Code, f.Code), "result", either(language, "test."+f.Result, f.Result))
	case models.FactExposure:
		return say("exposure", "grade", either(language, "grade."+f.Level, f.Level))
	case models.FactOrder:
		reason, _ := models.OrderReasonOf(f.Code)
		return say("order", "reason", reason.Text.In(language), "source", reason.Source.In(language))
	}
	return either(language, "fact."+string(f.Kind), string(f.Kind))
}

// DoseWords says what a vaccination is.
func DoseWords(language string, v models.Vaccination) string {
	product, _ := models.ProductOf(v.Product)
	return Text(language, "fact.dose", "n", strconv.Itoa(v.Dose), "product", product.Name.In(language))
}

// either is the text of that key, or else those words: forms and rules that are
// published later may name what no catalogue has.
func either(language, key, otherwise string) string {
	if _, known := catalogue[key]; known {
		return Text(language, key)
	}
	return otherwise
}
