package handlers

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/web"
)

// route is one line of the table of everything that can be asked of the service.
type route struct {
	method, path string
	endpoint
}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

// routes is that table. Who may ask is part of each line.
func (a *api) routes() []route {
	return []route{
		{post, "/v1/login", a.public(a.login)},
		{post, "/v1/ticket", a.account(a.ticket)},
		{post, "/v1/session", a.public(a.beginSession)},
		{remove, "/v1/session", a.channel(a.endSession)},
		{remove, "/v1/sessions/:id", a.resident(a.signOutPhone)},
		{post, "/v1/registration", a.channel(a.register)},
		{post, "/v1/phone", a.account(a.phone)},
		{post, "/v1/name-checks", a.resident(a.beginNameCheck)},
		{post, "/v1/name-checks/:id/result", a.resident(a.endNameCheck)},
		{post, "/v1/page-config", a.account(a.pageConfig)},
		{get, "/v1/messages/templates", a.account(a.templates)},
		{post, "/v1/messages/subscriptions", a.account(a.subscribe)},
		{post, "/v1/alipay/notifications", a.public(a.notified)},
		{post, "/v1/links/challenge", a.plugin(a.challenge)},
		{post, "/v1/links/handover", a.resident(a.handOver)},
		{post, "/v1/links", a.plugin(a.link)},

		{get, "/v1/forms/:form", a.linked(a.showForm)},
		{post, "/v1/declarations", a.linked(a.declare)},
		{get, "/v1/pass", a.holder(a.present)},
		{get, "/v1/holder", a.linked(a.face)},
		{get, "/v1/places", a.public(a.showPlaces)},
		{get, "/v1/standing", a.linked(a.standing)},
		{get, "/v1/vaccinations", a.linked(a.vaccinations)},
		{post, "/v1/visits", a.linked(a.visit)},
		{get, "/v1/notices", a.linked(a.notices)},
		{post, "/v1/notices/:id/read", a.linked(a.readNotice)},

		{post, "/v1/photos", a.resident(a.addPhoto)},
		{get, "/v1/photos/:id", a.resident(a.photo)},
		{post, "/v1/appeals", a.resident(a.appeal)},
		{get, "/v1/appeals", a.resident(a.appeals)},

		{get, "/v1/travel", a.resident(a.travel)},
		{post, "/v1/arrivals", a.resident(a.arrive)},
		{get, "/v1/arrivals", a.resident(a.arrivals)},
		{get, "/v1/me", a.resident(a.me)},
		{get, "/v1/me/export", a.resident(a.export)},
		{patch, "/v1/me", a.resident(a.changeContact)},
		{post, "/v1/me/close", a.resident(a.closeAccount)},
		{remove, "/v1/prints/:id", a.resident(a.endPrint)},
		{post, "/v1/corrections", a.resident(a.correct)},
		{post, "/v1/consents", a.resident(a.giveConsent)},
		{remove, "/v1/consents/:purpose", a.resident(a.withdrawConsent)},

		{post, "/v1/staff/session", a.public(a.staffLogin)},
		{remove, "/v1/staff/session", a.staff(a.staffLogout)},
		{post, "/v1/gate", a.guard(a.stand)},
		{get, "/v1/gate/keys", a.gate(a.gateKeys)},
		{post, "/v1/scans", a.gate(a.scan)},
		{post, "/v1/scans/kept", a.gate(a.scanKept)},
		{post, "/v1/entries", a.gate(a.enter)},
		{post, "/v1/gate/arrivals", a.gate(a.takeDown)},
		{get, "/v1/queue", a.gate(a.turns)},
		{post, "/v1/queue/:id/call", a.gate(a.callTurn)},
		{post, "/v1/queue/:id/outcome", a.gate(a.checkTurn)},

		{get, "/v1/reviews", a.desk(a.queue)},
		{post, "/v1/reviews/:id/claim", a.desk(a.claim)},
		{remove, "/v1/reviews/:id/claim", a.desk(a.release)},
		{post, "/v1/reviews/:id/judgement", a.desk(a.judge)},
		{get, "/v1/reviews/:id/photos/:photo", a.desk(a.reviewPhoto)},

		{post, "/v1/invitations", a.administrator(a.invite)},
		{post, "/v1/invitations/open", a.public(a.openInvitation)},
		{post, "/v1/invitations/accept", a.public(a.acceptInvitation)},

		{get, "/v1/rules/:jurisdiction", a.public(a.showRules)},
		{get, "/v1/rules/:jurisdiction/files/:hash", a.public(a.showRuleFile)},
		{post, "/v1/drafts", a.officer(a.draft)},
		{remove, "/v1/drafts/:id", a.officer(a.discardDraft)},
		{post, "/v1/drafts/:id/trial", a.officer(a.tryDraft)},
		{post, "/v1/drafts/:id/publication", a.officer(a.publish)},
		{post, "/v1/publications/:id/draft", a.officer(a.back)},

		{post, "/v1/orders", a.lead(a.order)},
		{remove, "/v1/orders/:id", a.lead(a.lift)},
		{post, "/v1/listings", a.epidemiologist(a.list)},
		{get, "/v1/listings", a.public(a.listings)},
		{remove, "/v1/listings/:id", a.epidemiologist(a.endListing)},
		{post, "/v1/exposures", a.epidemiologist(a.expose)},
		{post, "/v1/mergers", a.officer(a.unite)},
		{post, "/v1/on-behalf/residents", a.worker(a.findBehalf)},
		{post, "/v1/on-behalf/declarations", a.worker(a.declareFor)},
		{post, "/v1/on-behalf/moves", a.worker(a.move)},
		{post, "/v1/on-behalf/prints", a.worker(a.makePrint)},
		{remove, "/v1/on-behalf/prints/:id", a.worker(a.withdrawPrint)},
		{get, "/v1/proposals", a.proposer(a.proposals)},
		{post, "/v1/proposals/:id/agreement", a.proposer(a.agree)},
		{post, "/v1/proposals/:id/refusal", a.proposer(a.refuseProposal)},
		{get, "/v1/figures", a.public(a.nationalFigures)},
		{get, "/v1/figures/:jurisdiction", a.observer(a.figures)},
		{get, "/v1/alarms", a.auditor(a.alarms)},
		{post, "/v1/alarms/read", a.auditor(a.readAlarms)},

		{get, "/v1/peer/keys", a.public(a.peerKeys)},
		{get, "/v1/peer/keys/:code", a.public(a.peerKeysOf)},
		{get, "/v1/peer/mappings", a.public(a.peerMappings)},
		{post, "/v1/peer/statements", a.peer(a.statement)},

		{post, "/v1/token", a.public(a.clientToken)},
		{post, "/v1/records/vaccinations", a.client(a.deliverVaccinations)},
		{post, "/v1/records/tests", a.client(a.deliverTests)},

		{get, "/healthz", a.public(a.alive)},
		{get, "/readyz", a.public(a.ready)},
	}
}

// mount puts the table and the pages into the engine.
func (a *api) mount(engine *gin.Engine) {
	for _, r := range slices.Concat(a.routes(), a.pages()) {
		engine.Handle(r.method, r.path, a.answer(r.endpoint))
	}
	engine.GET("/static/:name", func(c *gin.Context) { web.Static(c.Writer, c.Request) })
	engine.NoRoute(func(c *gin.Context) { a.refuse(c, models.Refuse(models.ReasonRouteUnknown)) })
	engine.NoMethod(func(c *gin.Context) { a.refuse(c, models.Refuse(models.ReasonMethod)) })
}

// answer runs an endpoint and turns its error into a response.
func (a *api) answer(e endpoint) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := e.run(c); err != nil {
			a.refuse(c, err)
		}
	}
}
