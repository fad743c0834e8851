package handlers_test

import (
	"fmt"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
)

// countedTown is a city whose districts have been counted.
func countedTown(t *testing.T) *journeyTown {
	t.Helper()
	town := leversTown(t)
	town.ago.Store(int64(time.Hour))
	town.hire(t, "city", models.Staff{Role: models.RoleOfficer, Jurisdiction: "330100"}, 0)
	town.ago.Store(0)
	people := 0
	for code, in := range map[string]struct {
		name      models.Text
		residents int
	}{"330105": {words("拱墅区", "Gongshu District"), 64}, "330106": {words("西湖区", "Xihu District"), 128}, "330108": {words("滨江区", "Binjiang District"), 7}, "330109": {words("萧山区", "Xiaoshan District"), 31}} {
		if err := town.store.AddJurisdiction(t.Context(), operator, models.Jurisdiction{Code: code, Parent: "330100", Name: in.name, TimeZone: "Asia/Shanghai"}); err != nil {
			t.Fatal(err)
		}
		home := must[string](t)(town.store.AddCommunity(t.Context(), operator, models.Community{Jurisdiction: code, Name: in.name, Phone: "0571-88880001"}))
		for range in.residents {
			people++
			town.registers(t, fmt.Sprint("counted", people), home)
		}
	}
	if err := town.store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := town.store.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	return town
}

// registers has somebody register who lives in that community.
func (town *town) registers(t *testing.T, user, community string) {
	t.Helper()
	token := must[string](t)(town.store.SignIn(t.Context(), store.SignIn{Platform: "wechat", AppID: "app", OpenID: user, Device: "phone"}))
	me := must[models.Account](t)(town.store.Channel(t.Context(), token))
	r := models.Registration{Name: must[models.Name](t)(models.ParseName("钱某")), Phone: must[models.Phone](t)(models.ParsePhone("13800138000")), Community: community,
		Document: must[models.Document](t)(models.ParseDocument(models.DocumentResidentID, documentNumber(1), town.now()))}
	for _, p := range models.Purposes() {
		r.Consents = append(r.Consents, models.Consent{Purpose: p, Version: models.ConsentVersion})
	}
	if err := town.store.Register(t.Context(), me, r); err != nil {
		t.Fatal(err)
	}
}

// TestFiguresInTheBrowser: an officer reads what was counted in the city, and has one
// district become part of another.
func TestFiguresInTheBrowser(t *testing.T) {
	t.Parallel()
	town := countedTown(t)
	j := newJourney(t, "browser", town.URL)
	j.signIn(town, "city", "/console/rules")
	j.visit("/console/figures")
	j.look("figures")
	j.says("#residents-title ~ table", "128")
	j.says("#residents-title ~ table", "<10")
	j.visit("/console/proposals")
	j.look("an officer's proposals")
	j.run(`document.querySelector("[name=from]").value = "330105"; document.querySelector("[name=into]").value = "330106"`)
	j.fill("[data-propose=merger] [name=evidence]", "浙政函〔2021〕17 号")
	j.tick("[data-propose=merger] [type=submit]")
	j.proposed("已提出")
	j.says("main", "拱墅区并入西湖区")
	town.work(t)
	j.visit(journeyEval[string](j, "location.pathname"))
	j.says("main", "没有人的码会变差")
}

// shootFigures takes what an officer reads of the city.
func shootFigures(t *testing.T) {
	town := countedTown(t)
	j := newJourney(t, "browser", town.URL)
	j.signIn(town, "city", "/console/rules")
	j.shootPage("figures", "/console/figures")
}
