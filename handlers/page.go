package handlers

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/web"
)

// frame is what every page knows about its reader.
func (a *api) frame(c *gin.Context) web.Page {
	keepLanguage(c)
	agent := c.Request.UserAgent()
	return web.Page{Language: languageOf(c), Host: hostOf(agent), Shell: inShell(agent), Zone: a.Zone}
}

// inShell reports whether a mini-program shows the page: both apps name it.
func inShell(agent string) bool { return strings.Contains(strings.ToLower(agent), "miniprogram") }

// hostOf says where a page is shown, by what the browser says it is. Both apps
// name themselves there.
func hostOf(agent string) string {
	switch {
	case strings.Contains(agent, "AlipayClient"):
		return "alipay"
	case strings.Contains(agent, "MicroMessenger"):
		return "wechat"
	}
	return "browser"
}

// write answers with the page, whole or not at all.
func write(c *gin.Context, status int, page web.Framed) error {
	var b bytes.Buffer
	if err := web.Render(&b, page); err != nil {
		return err
	}
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// refusePage answers with a refusal as a page: whoever must log in is told how, and
// where what they want is elsewhere, the page leads there.
func (a *api) refusePage(c *gin.Context, status int, p *models.Problem, where string) {
	page := a.frame(c)
	staff := strings.HasPrefix(c.FullPath(), "/console") || strings.HasPrefix(c.FullPath(), "/gate") || strings.HasPrefix(c.FullPath(), "/posters")
	switch {
	case p.Kind() == models.Unauthenticated && staff:
		c.Redirect(http.StatusSeeOther, "/staff/login")
		c.Abort()
		return
	case p.Reason == models.ReasonRegistrationNeeded && c.Request.Method == http.MethodGet:
		c.Redirect(http.StatusSeeOther, "/register")
		c.Abort()
		return
	}
	var out web.Framed = web.ProblemPage{Page: page, Says: web.Reason(page.Language, p.Reason), Where: where, RequestID: requestID(c)}
	if p.Kind() == models.Unauthenticated {
		out = web.OutsidePage{Page: page, Ways: a.ways(page)}
	}
	if err := write(c, status, out); err != nil {
		a.Log.ErrorContext(c.Request.Context(), "page failed", "request_id", requestID(c), "error", err.Error())
		c.Status(http.StatusInternalServerError)
	}
	c.Abort()
}

// plainPage makes the endpoint of a page that says the same to everybody.
func (a *api) plainPage(make func(web.Page) web.Framed) endpoint {
	return a.public(func(c *gin.Context) error { return write(c, http.StatusOK, make(a.frame(c))) })
}

// pages is the table of everything that a person can open.
func (a *api) pages() []route {
	return []route{
		{get, "/", a.account(a.homePage)},
		{get, "/register", a.account(a.registerPage)},
		{get, "/code", a.resident(a.codePage)},
		{get, "/code/why", a.resident(a.whyPage)},
		{get, "/travel", a.resident(a.travelPage)},
		{get, "/vaccinations", a.resident(a.vaccinationsPage)},
		{get, "/declare/:form", a.resident(a.declarePage)},
		{get, "/me", a.resident(a.mePage)},
		{get, "/notices", a.resident(a.noticesPage)},
		{get, "/appeal", a.resident(a.appealPage)},
		{get, "/appeals", a.resident(a.appealsPage)},
		{get, "/arrival", a.resident(a.arrivalPage)},
		{get, "/door", a.plainPage(func(p web.Page) web.Framed { return web.DoorPage{Page: p} })},
		{get, "/p", a.plainPage(func(p web.Page) web.Framed { return web.PassPage{Page: p} })},
		{get, "/t", a.plainPage(func(p web.Page) web.Framed { return web.CardPassPage{Page: p} })},
		{get, "/c", a.plainPage(func(p web.Page) web.Framed { return web.PrintPage{Page: p} })},
		{get, "/enter", a.plainPage(func(p web.Page) web.Framed { return web.EnterPage{Page: p} })},
		{get, "/enter/:channel", a.public(a.enterBy)},
		{get, "/enter/:channel/back", a.public(a.enterBack)},
		{get, "/about", a.plainPage(func(p web.Page) web.Framed { return web.NewAboutPage(p) })},
		{get, "/rules", a.public(a.rulesPage)},
		{get, "/rules/:jurisdiction", a.public(a.rulesPage)},
		{get, "/recognition", a.public(a.recognitionPage)},

		{get, "/staff/login", a.plainPage(func(p web.Page) web.Framed { return web.StaffLoginPage{Page: p} })},
		{get, "/staff/join", a.plainPage(func(p web.Page) web.Framed { return web.NewJoinPage(p) })},
		{get, "/gate", a.guard(a.gatePage)},
		{get, "/console", a.desk(a.consolePage)},
		{get, "/console/reviews/:id", a.desk(a.reviewPage)},
		{get, "/console/invitations", a.administrator(a.invitationsPage)},
		{get, "/console/rules", a.officer(a.officePage)},
		{get, "/console/drafts/:id", a.officer(a.draftPage)},
		{get, "/console/drafts/:id/samples", a.officer(a.samplesPage)},
		{get, "/console/alarms", a.auditor(a.alarmsPage)},
		{get, "/console/figures", a.observer(a.figuresPage)},
		{get, "/console/on-behalf", a.worker(a.onBehalfPage)},
		{get, "/console/proposals", a.proposer(a.proposalsPage)},
		{get, "/console/proposals/:id", a.proposer(a.proposalPage)},
		{get, "/posters/:venue", a.staff(a.posterPage)},
	}
}

// homePage is for accounts: it also greets those who have not registered yet.
func (a *api) homePage(c *gin.Context, me models.Account) error {
	page := web.HomePage{Page: a.frame(c)}
	page.Scans = a.scans(page.Page)
	r, err := a.Store.ResidentOf(c.Request.Context(), me)
	if errors.Is(err, models.Forbidden) {
		return write(c, http.StatusOK, page)
	}
	if err != nil {
		return err
	}
	standing, err := a.Store.Standing(c.Request.Context(), r.ID)
	if err != nil {
		return err
	}
	page.Forms = a.Store.FormsIn(r.Jurisdiction)
	page.Known, page.Pending, page.Refusal, page.Name = true, r.Pending, r.Refusal, r.Name.String()
	page.Standing = web.NewStandingView(page.Page, standing)
	if err := a.news(c, &page, r); err != nil {
		return err
	}
	return write(c, http.StatusOK, page)
}

func (a *api) registerPage(c *gin.Context, me models.Account) error {
	communities, err := a.Store.Communities(c.Request.Context())
	if err != nil {
		return err
	}
	refusal := ""
	r, err := a.Store.ResidentOf(c.Request.Context(), me)
	switch {
	case err == nil && r.Refusal == "":
		c.Redirect(http.StatusSeeOther, "/")
		return nil
	case err == nil:
		refusal = r.Refusal
	case !errors.Is(err, models.Forbidden):
		return err
	}
	claimed, err := a.Store.ClaimedPhone(c.Request.Context(), me)
	if err != nil {
		return err
	}
	return write(c, http.StatusOK, web.NewRegisterPage(a.frame(c), communities, refusal, claimed))
}

// codePage brings all that the phone needs to show the code, so that it asks once.
func (a *api) codePage(c *gin.Context, me models.Resident) error {
	ctx := c.Request.Context()
	p, err := a.Store.Present(ctx, me)
	if err != nil {
		return err
	}
	home, err := a.Store.Community(ctx, me.CommunityID)
	if err != nil {
		return err
	}
	page := web.CodePage{Page: a.frame(c), Name: me.Name.String(), Document: me.Document.Number.String(), Verified: me.Verified}
	page.Place = home.Name.In(page.Language)
	page.Standing = web.NewStandingView(page.Page, p.Standing)
	said := a.passSaid(p)
	page.Pass = web.PassData{Grant: said.Grant, Seed: said.Seed, SlotSeconds: said.SlotSeconds, Prefix: said.Prefix, ServerTime: said.ServerTime, Zone: a.Zone.String()}
	return write(c, http.StatusOK, page)
}

func (a *api) whyPage(c *gin.Context, me models.Resident) error {
	ctx := c.Request.Context()
	standing, err := a.Store.Standing(ctx, me.ID)
	if err != nil {
		return err
	}
	home, err := a.Store.Community(ctx, me.CommunityID)
	if err != nil {
		return err
	}
	page := web.WhyPage{Page: a.frame(c), Verified: standing.Verified, Phone: home.Phone, Place: me.Jurisdiction}
	page.Community = home.Name.In(page.Language)
	page.Standing = web.NewStandingView(page.Page, standing)
	for i, r := range a.reasons(c, standing.Decision) {
		page.Reasons = append(page.Reasons, web.Reasoned{Why: r.Why, Clear: r.Clear, Ask: r.Ask, Until: standing.Reasons[i].Until,
			Appeal: appealTo(standing.Decision, standing.Reasons[i])})
		if page.Reasons[i].Facts, err = a.rests(c, me, standing.Reasons[i]); err != nil {
			return err
		}
	}
	return write(c, http.StatusOK, page)
}

// rests is the evidence that a reason rests on, in words.
func (a *api) rests(c *gin.Context, me models.Resident, r models.DecisionReason) ([]web.FactView, error) {
	facts, err := a.Store.FactsOf(c.Request.Context(), me, r.Facts)
	if err != nil {
		return nil, err
	}
	places, err := a.Store.Jurisdictions(c.Request.Context())
	if err != nil {
		return nil, err
	}
	p := web.Page{Language: languageOf(c)}
	list := make([]web.FactView, len(facts))
	for i, f := range facts {
		list[i] = web.FactView{Say: web.FactWords(p.Language, f, web.Places(places).Name(p, f.Code)), At: f.At}
	}
	return list, nil
}

func (a *api) vaccinationsPage(c *gin.Context, me models.Resident) error {
	ctx := c.Request.Context()
	course, err := a.Store.Course(ctx, me)
	if err != nil {
		return err
	}
	consents, err := a.Store.Consents(ctx, me)
	if err != nil {
		return err
	}
	page := web.VaccinationsPage{Page: a.frame(c), Verified: me.Verified, Complete: course.Complete, Since: course.Since}
	for _, s := range web.ConsentStates(consents) {
		page.Agreed = page.Agreed || s.Purpose == models.PurposeRecords && s.Given
	}
	for _, d := range course.Doses {
		p, _ := models.ProductOf(d.Product)
		page.Doses = append(page.Doses, web.Dose{Number: d.Dose, Product: p.Name.In(page.Language), Maker: p.Maker.In(page.Language),
			Batch: d.Batch, Site: d.Site, Date: d.Date, ID: d.ID, Withdrawn: d.Withdrawn})
	}
	return write(c, http.StatusOK, page)
}

// itineraryDays is how far back the itinerary's calendar goes.
const itineraryDays = 14

func (a *api) declarePage(c *gin.Context, me models.Resident) error {
	if c.Param("form") == models.FormArrival { // which asks for more than its answers
		c.Redirect(http.StatusSeeOther, "/arrival")
		return nil
	}
	page, err := a.declaring(c, me.Jurisdiction, c.Param("form"))
	if err != nil {
		return err
	}
	page.Account = me.AccountID
	return write(c, http.StatusOK, page)
}

// declaring is the form as it is drawn for the resident.
func (a *api) declaring(c *gin.Context, jurisdiction, id string) (page web.DeclarePage, err error) {
	form, err := a.form(jurisdiction, id)
	if err != nil {
		return page, err
	}
	places, err := a.Store.Places(c.Request.Context())
	if err != nil {
		return page, err
	}
	today := a.Now().In(a.Zone)
	page = web.DeclarePage{Page: a.frame(c), Form: form, Today: today.Format("2006-01-02"), Since: today.AddDate(0, 0, -itineraryDays).Format("2006-01-02")}
	for _, j := range places {
		page.Places = append(page.Places, web.Choice{Value: j.Code, Label: j.Name.In(page.Language)})
	}
	return page, nil
}
