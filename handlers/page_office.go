package handlers

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/web"
)

// rulesPage tells everybody the rules that hold in a place, or everywhere. The place
// may be asked for in the query, so that the page's own form works without a script.
func (a *api) rulesPage(c *gin.Context) error {
	places, err := a.Store.Jurisdictions(c.Request.Context())
	if err != nil {
		return err
	}
	code := cmp.Or(c.Param("jurisdiction"), models.Root)
	if asked := c.Query("place"); asked == models.Root || web.Places(places).Known(asked) {
		c.Redirect(http.StatusSeeOther, "/rules/"+asked)
		return nil
	}
	if code != models.Root && !web.Places(places).Known(code) {
		return models.Refuse(models.ReasonRouteUnknown)
	}
	page := web.NewRulesPage(a.frame(c), code, a.Store.RulesIn(code), places)
	files := a.Store.Peerings()
	if code != models.Root {
		files = a.Store.PeeringsIn(code)
	}
	page.Recognised = web.Recognised(page.Page, code, files, places)
	return write(c, http.StatusOK, page)
}

// showRuleFile is one of the files that hold in a jurisdiction, word for word.
func (a *api) showRuleFile(c *gin.Context) error {
	files := a.Store.RulesIn(c.Param("jurisdiction")).Files()
	i := slices.IndexFunc(files, func(f *rules.File) bool { return f.Hash() == c.Param("hash") })
	if i < 0 {
		return models.Refuse(models.ReasonRulesUnknown)
	}
	c.Data(http.StatusOK, "text/plain; charset=utf-8", files[i].Source())
	return nil
}

// officePage is what is in force in the officer's place and below, what is on its
// way, and a file to begin with.
func (a *api) officePage(c *gin.Context, by models.Officer) error {
	ctx, office := c.Request.Context(), a.Store.Office(by)
	var out web.Office
	places, err := a.Store.Jurisdictions(ctx)
	if err != nil {
		return err
	}
	out.Places = places
	if out.History, err = office.History(ctx); err != nil {
		return err
	}
	if out.Drafts, err = office.Drafts(ctx); err != nil {
		return err
	}
	if out.Jobs, err = a.jobs(ctx, out.Drafts, out.History); err != nil {
		return err
	}
	if out.Names, err = a.Store.Displays(ctx, drafters(out.Drafts, out.History)); err != nil {
		return err
	}
	out.Own = office.Inherited()
	from := c.Query("from")
	if from == "default" {
		from = ""
	}
	begun, err := office.Begin(ctx, from)
	if err != nil {
		return err
	}
	out.Begin = begun
	return write(c, http.StatusOK, web.NewOfficePage(a.frame(c), by, out))
}

// jobs are the dry run of each draft, and how far what is in force has been applied.
func (a *api) jobs(ctx context.Context, drafts []models.Draft, history []models.Publication) (map[string]models.Job, error) {
	kinds := map[string]models.JobKind{}
	for _, d := range drafts {
		kinds[d.ID] = models.JobDryRun
	}
	for _, p := range history {
		if p.InForce {
			kinds[p.ID] = models.JobRedecide
		}
	}
	jobs := map[string]models.Job{}
	for id, kind := range kinds {
		job, err := a.Store.JobOf(ctx, kind, id)
		if err != nil && !errors.Is(err, models.NotFound) { // a form has none
			return nil, err
		}
		jobs[id] = job
	}
	return jobs, nil
}

// drafters are the ids of everybody who drafted or published.
func drafters(drafts []models.Draft, history []models.Publication) (ids []string) {
	for _, d := range drafts {
		ids = append(ids, d.DraftedBy)
	}
	for _, p := range history {
		ids = append(ids, p.DraftedBy, p.PublishedBy)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// draftPage is one draft and what it would do.
func (a *api) draftPage(c *gin.Context, by models.Officer) error {
	ctx, office, p := c.Request.Context(), a.Store.Office(by), a.frame(c)
	d, err := office.DraftOf(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	out := web.Drafted{Draft: d, InForce: office.Before(d)}
	if out.Job, err = a.Store.JobOf(ctx, models.JobDryRun, d.ID); err != nil && !errors.Is(err, models.NotFound) {
		return err
	}
	names, err := a.Store.Displays(ctx, []string{d.DraftedBy})
	if err != nil {
		return err
	}
	out.By = names[d.DraftedBy]
	places, err := a.Store.Jurisdictions(ctx)
	if err != nil {
		return err
	}
	out.Places = places
	if out.Communities, err = a.Store.Communities(ctx); err != nil {
		return err
	}
	if out.Peerings, err = peerings(office, d); err != nil {
		return err
	}
	out.Whys = a.whys(ctx, d, out.Job.DryRun.Rules, p.Language)
	if err := office.Ready(ctx, d.ID); err != nil {
		refusal := problems(err)[0].Reason
		if refusal == models.ReasonInternal {
			return err
		}
		out.Closed, out.Refused = refusal == models.ReasonDraftClosed, web.Reason(p.Language, refusal)
		out.Faults = webFaults(p.Language, err)
	}
	return write(c, http.StatusOK, web.NewDraftPage(p, by, out))
}

// peerings are a drafted peering beside those that there are; none of another draft.
func peerings(office store.Office, d models.Draft) (out web.Peerings, err error) {
	if d.Kind == models.PublishedPeering {
		out.Drafted, out.Before, out.Now, err = office.Peering(d)
	}
	return out, err
}

// webFaults are what is wrong by now with a draft that was sound when it was made.
func webFaults(language string, err error) (list []string) {
	for _, f := range faults(language, err) {
		list = append(list, f.Jurisdiction+" "+f.Text)
	}
	return list
}

// whys are the words of the rules that begin or cease to speak: those of the draft,
// and those in force where the draft has them no more.
func (a *api) whys(ctx context.Context, d models.Draft, changes []models.RuleChange, language string) map[string]string {
	if len(changes) == 0 {
		return nil
	}
	words := map[string]string{}
	sets := []*rules.Set{a.Store.RulesIn(d.Jurisdiction)}
	if drafted, err := a.Store.DraftSets(ctx, d.ID); err == nil { // it may no longer fit the files around it
		for _, set := range drafted {
			sets = append(sets, set)
		}
	}
	for _, change := range changes {
		for _, set := range sets {
			if r, known := set.Rule(change.Rule); known {
				words[change.Rule] = r.Why.In(language)
			}
		}
	}
	return words
}

// samplesPage shows some of those whom a draft would put worse; they will see that
// the officer looked.
func (a *api) samplesPage(c *gin.Context, by models.Officer) error {
	ctx, p := c.Request.Context(), a.frame(c)
	seen, err := a.Store.Office(by).Samples(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	communities, err := a.Store.Communities(ctx)
	if err != nil {
		return err
	}
	list := make([]web.Sampled, len(seen))
	for i, s := range seen {
		list[i] = web.Sampled{Resident: s.Resident, From: s.From, To: s.To, Community: communityName(communities, s, p.Language)}
	}
	return write(c, http.StatusOK, web.NewSamplesPage(p, by, c.Param("id"), list))
}

func communityName(all []models.Community, s store.Sampled, language string) string {
	i := slices.IndexFunc(all, func(x models.Community) bool { return x.ID == s.Resident.CommunityID })
	if i < 0 {
		return ""
	}
	return all[i].Name.In(language)
}
