// Package web is every byte that a person sees: the pages, their words in every
// language, one stylesheet, and the scripts. Handlers fill a page's struct, and
// Render writes it.
//
// There is no framework and no third-party request. Pages work under a policy
// that allows our own files alone: no script or style stands inside a page.
package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"reflect"
)

//go:embed templates texts static pass/sha256.js pass/qr.js pass/pass.js
var files embed.FS

// Framed is a page: whatever embeds [Page].
type Framed interface{ frame() Page }

// pages are all there are, with the template and the script that belong to each.
// The program does not start if one of them is missing.
var pages = []struct {
	name   string
	script string // asset; "" for none
	page   Framed
}{
	{"home", "app.js", HomePage{}},
	{"register", "app.js", RegisterPage{}},
	{"code", "code.js", CodePage{}},
	{"travel", "travel.js", TravelPage{}},
	{"why", "", WhyPage{}},
	{"vaccinations", "", VaccinationsPage{}},
	{"declare", "app.js", DeclarePage{}},
	{"me", "app.js", MePage{}},
	{"notices", "app.js", NoticesPage{}},
	{"appeal", "appeal.js", AppealPage{}},
	{"appeals", "app.js", AppealsPage{}},
	{"arrival", "arrival.js", ArrivalPage{}},
	{"door", "door.js", DoorPage{}},
	{"pass", "fragment.js", PassPage{}},
	{"cardpass", "fragment.js", CardPassPage{}},
	{"print", "fragment.js", PrintPage{}},
	{"enter", "enter.js", EnterPage{}},
	{"about", "", AboutPage{}},
	{"rules", "", RulesPage{}},
	{"recognition", "", RecognitionPage{}},
	{"problem", "", ProblemPage{}},
	{"outside", "again.js", OutsidePage{}},
	{"staff_login", "login.js", StaffLoginPage{}},
	{"join", "join.js", JoinPage{}},
	{"gate", "gate.js", GatePage{}},
	{"console", "console.js", ConsolePage{}},
	{"review", "console.js", ReviewPage{}},
	{"invitations", "console.js", InvitationsPage{}},
	{"poster", "console.js", PosterPage{}},
	{"office", "office.js", OfficePage{}},
	{"draft", "office.js", DraftPage{}},
	{"samples", "office.js", SamplesPage{}},
	{"alarms", "alarm.js", AlarmsPage{}},
	{"figures", "console.js", FiguresPage{}},
	{"onbehalf", "onbehalf.js", OnBehalfPage{}},
	{"proposals", "proposal.js", ProposalsPage{}},
	{"proposal", "proposal.js", ProposalPage{}},
}

var templates = template.Must(template.New("").Option("missingkey=error").Funcs(template.FuncMap{"asset": Asset}).ParseFS(files, "templates/*.html"))

// printed is what a page is written with.
type printed struct{ name, script string }

var printing = func() map[reflect.Type]printed {
	all := map[reflect.Type]printed{}
	for _, p := range pages {
		if templates.Lookup(p.name) == nil {
			panic("web: no template " + p.name)
		}
		all[reflect.TypeOf(p.page)] = printed{p.name, p.script}
	}
	return all
}()

// Render writes the page, whole or not at all.
func Render(w io.Writer, page Framed) error {
	p, known := printing[reflect.TypeOf(page)]
	if !known {
		return fmt.Errorf("web: %T is no page", page)
	}
	var content, whole bytes.Buffer
	if err := templates.ExecuteTemplate(&content, p.name, page); err != nil {
		return fmt.Errorf("web: %s: %w", p.name, err)
	}
	// The frame takes the page as it is, since the page was escaped as it was written:
	// with a copy of all templates for each page, the program would hold 30 MB more.
	framed := framed{page, page.frame(), template.HTML(content.String()), p.name, p.script}
	if err := templates.ExecuteTemplate(&whole, "frame", framed); err != nil {
		return fmt.Errorf("web: %s: %w", p.name, err)
	}
	_, err := whole.WriteTo(w)
	return err
}

// framed is what the frame around every page is given.
type framed struct {
	Content Framed
	Page
	Body   template.HTML // of the content
	Name   string
	Script string
}

// Title is the page's, in the reader's language. It is what a screen reader says
// first, so the code's and the card's say the colour.
func (f framed) Title() string {
	switch page := f.Content.(type) {
	case CodePage:
		return f.T("code.title") + " · " + page.Standing.Word
	case TravelPage:
		return f.T("travel.title") + " · " + page.Card.Word
	case OutsidePage:
		return page.Heading()
	case RulesPage:
		return f.T("rules.title") + " · " + page.Place
	case DraftPage:
		return page.Heading()
	case ProposalPage:
		return f.T("proposal.title") + " · " + page.Heading()
	}
	return f.T(f.Name + ".title")
}

// Texts are the sentences that the page's script says.
func (f framed) Texts() map[string]string { return scriptTexts(f.Name, f.Language) }

// Styles are the stylesheets of the page: staff have one more.
func (f framed) Styles() []string {
	if f.Staff() {
		return []string{"app.css", "staff.css"}
	}
	return []string{"app.css"}
}

// Staff reports whether the page is for staff.
func (f framed) Staff() bool {
	switch f.Content.(type) {
	case StaffLoginPage, JoinPage, GatePage, ConsolePage, ReviewPage, InvitationsPage, PosterPage, OfficePage, DraftPage, SamplesPage,
		AlarmsPage, OnBehalfPage, ProposalsPage, ProposalPage, FiguresPage:
		return true
	}
	return false
}

// glob lists embedded files.
func glob(pattern string) []string {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		panic(err) // the patterns are constant
	}
	return names
}
