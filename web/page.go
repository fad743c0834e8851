package web

import (
	"time"

	"healthcode/models"
	"healthcode/models/forms"
	"healthcode/models/privacy"
)

// Page is what every page knows about its reader.
type Page struct {
	Language string         // models.Chinese or models.English
	Host     string         // wechat, alipay or browser: where the page is shown
	Shell    bool           // within a mini-program
	Zone     *time.Location // of the jurisdiction
}

func (p Page) frame() Page { return p }

// T is the text of that key in the reader's language, with its {blanks} filled
// from pairs of name and value.
func (p Page) T(key string, pairs ...string) string { return Text(p.Language, key, pairs...) }

// In is the text of that key in that language.
func (p Page) In(language, key string) string { return Text(language, key) }

// When is an instant as the reader writes dates and times.
func (p Page) When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if p.Language == models.Chinese {
		return t.In(p.Zone).Format("2006年1月2日 15:04")
	}
	return t.In(p.Zone).Format("2 Jan 2006, 15:04")
}

// Day is a civil day as the reader writes it.
func (p Page) Day(t time.Time) string {
	if p.Language == models.Chinese {
		return t.Format("2006年1月2日")
	}
	return t.Format("2 Jan 2006")
}

// documentChoices are the types of document, the commonest first.
func documentChoices(p Page) []Choice {
	var list []Choice
	for _, t := range models.DocumentTypes() {
		list = append(list, Choice{string(t), p.T("document.type." + string(t))})
	}
	return list
}

// HomePage is where the mini-program opens.
type HomePage struct {
	Page
	Known    bool // registered
	Pending  bool
	Refusal  string
	Name     string // masked
	Standing StandingView
	Forms    []*forms.Form
	Scans    bool // registered people can open the app's scanner from the page
	Unread   int
	Notice   *NoticeView // the newest of those; nil if there is none
}

// StandingView is a colour as pages show it.
type StandingView struct {
	Colour models.Colour
	Word   string
	Until  time.Time
}

// NewStandingView puts a standing into the reader's words.
func NewStandingView(p Page, s models.Standing) StandingView {
	return StandingView{s.Colour, ColourWord(p.Language, s.Colour), s.Until}
}

// RegisterPage is where somebody says who they are.
type RegisterPage struct {
	Page
	Again       bool // a first registration was refused
	Refusal     string
	Types       []Choice
	Communities []Choice
	Purposes    []models.Purpose
	Version     int
	Phone       string // masked, as the platform gave it; "" if it did not
}

// NewRegisterPage makes that page.
func NewRegisterPage(p Page, communities []models.Community, refusal string, phone models.Phone) RegisterPage {
	out := RegisterPage{Page: p, Again: refusal != "", Refusal: refusal, Phone: phone.String(), Types: documentChoices(p),
		Purposes: models.Purposes(), Version: models.ConsentVersion}
	for _, c := range communities {
		out.Communities = append(out.Communities, Choice{c.ID, c.Name.In(p.Language)})
	}
	return out
}

// CodePage is the face that is shown to a crowd: no reasons on it.
type CodePage struct {
	Page
	Place    string
	Name     string // masked
	Document string // masked
	Verified bool
	Standing StandingView
	Pass     PassData
}

// PassData is what the script needs to draw passes.
type PassData struct {
	Grant       string `json:"grant"`
	Seed        string `json:"seed"`
	SlotSeconds int    `json:"slotSeconds"`
	Prefix      string `json:"prefix"`
	ServerTime  int64  `json:"serverTime"` // Unix milliseconds
	Zone        string `json:"zone"`       // IANA name: the clock is the place's, not the phone's
}

// WhyPage says why, what clears it, and whom to ask.
type WhyPage struct {
	Page
	Standing  StandingView
	Verified  bool
	Reasons   []Reasoned
	Community string
	Phone     string
	Place     string // code of the jurisdiction whose rules decide
}

// Reasoned is one rule that spoke, in words.
type Reasoned struct {
	Why, Clear, Ask string
	Until           time.Time
	Appeal          string // where to object; "" if there is nothing to object to
	Facts           []FactView
}

// FactView is a piece of evidence that a reason rests on, in words.
type FactView struct {
	Say string
	At  time.Time
}

// VaccinationsPage shows doses, to whoever has proved that they are theirs.
type VaccinationsPage struct {
	Page
	Verified bool
	Agreed   bool // to fetching records
	Complete bool
	Since    time.Time
	Doses    []Dose
}

// Dose is one vaccination.
type Dose struct {
	ID                          string
	Withdrawn                   bool
	Number                      int
	Product, Maker, Batch, Site string
	Date                        time.Time
}

// DeclarePage is a form that is data, drawn.
type DeclarePage struct {
	Page
	Form   *forms.Form
	Places []Choice
	Today  string // 2022-03-14
	Since  string // the first day that an itinerary may tell of

	Account string // whose form it is: what is filled in is kept on the phone for them alone
}

// DoorPage is opened by a venue's poster; the poster stands in the fragment.
type DoorPage struct{ Page }

// PassPage is what an ordinary camera opens when it is pointed at a code.
type PassPage struct{ Page }

// EnterPage redeems the ticket in its fragment and goes on.
type EnterPage struct{ Page }

// AboutPage says what is collected, why, for how long, and whom to ask.
type AboutPage struct {
	Page
	Purposes []models.Purpose
	Data     []privacy.Datum
}

// NewAboutPage tells everything that is known about residents.
func NewAboutPage(p Page) AboutPage {
	return AboutPage{Page: p, Purposes: models.Purposes(), Data: privacy.All()}
}

// OutsidePage is what somebody without a session sees of a resident's page: in a
// plain browser where to open it, within an app how to enter again. Where a page
// can be logged in, it offers that instead.
type OutsidePage struct {
	Page
	Ways []string // channels of /enter/…
}

// InApp reports whether one of the apps shows the page.
func (p OutsidePage) InApp() bool { return p.Host == "wechat" || p.Host == "alipay" }

// Heading says what to do.
func (p OutsidePage) Heading() string {
	if len(p.Ways) > 0 {
		return p.T("outside.by.title")
	}
	if p.InApp() {
		return p.T("outside.again.title", "app", p.T("platform."+p.Host))
	}
	return p.T("outside.title")
}

// ProblemPage is a refusal in words.
type ProblemPage struct {
	Page
	Says      string
	Where     string // the address of what is elsewhere; mostly none
	RequestID string
}
