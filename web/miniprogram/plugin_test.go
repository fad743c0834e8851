package miniprogram_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPlugin taps through the plugins within their example hosts.
func TestPlugin(t *testing.T) {
	t.Run("wechat", func(t *testing.T) { t.Parallel(); pluginJourney(t, wechatPlugin) })
	t.Run("alipay", func(t *testing.T) { t.Parallel(); pluginJourney(t, alipayPlugin) })
}

// plugin is what differs between the two apps' journeys.
type plugin struct {
	app
	host   string
	place  int                                          // which picker of the arrival form is of a place
	places func(p *phone, picker, index int)            // what the person picks of a list
	days   func(p *phone, picker int, part, day string) // and of a calendar
}

var wechatPlugin = plugin{
	app: wechatShell, host: wechatHost, place: 1,
	places: func(p *phone, picker, index int) {
		p.run(fmt.Sprintf(`[...document.querySelectorAll("wx-picker")].filter((e) => e.checkVisibility())[%d].fakePicker.triggerEvent("change", {value: %d})`, picker, index))
	},
	days: func(p *phone, picker int, _, day string) {
		p.run(fmt.Sprintf(`[...document.querySelectorAll("wx-picker")].filter((e) => e.checkVisibility())[%d].fakePicker.triggerEvent("change", {value: %q})`, picker, day))
	},
}

var alipayPlugin = plugin{
	app: alipayShell, host: alipayHost, places: wechatPlugin.places,
	days: func(p *phone, _ int, part, day string) {
		p.next("datePicker", map[string]string{"date": day})
		p.press(fmt.Sprintf(`[...document.querySelectorAll("[role=button]")].find((e) => (e.getAttribute("aria-label") || "").startsWith(%q))`, part))
		p.await(fmt.Sprintf(`[...document.querySelectorAll("[role=button]")].some((e) => e.getAttribute("aria-label") === %q)`, part+" "+day))
	},
}

// pluginJourney: somebody opens the host, is not known there, links the code that
// they have in the city's own mini-program, and shows it, declares and reads.
func pluginJourney(t *testing.T, plugin plugin) {
	in := browser(t, plugin.kind)
	town := newTown(t, map[string]string{"shell": built(t, plugin.kind, "main="+plugin.folder),
		"host": built(t, plugin.kind, "main="+plugin.kind+"/host", "healthcode="+plugin.kind+"/plugin")})
	town.vaccinate(t, 1, "张三")
	token := town.resident(t, plugin.kind, "zhang", 1, "张三")
	p := newPhone(t, town, in)
	p.open("host", "user", "zhang", "app", plugin.host)
	p.says("这里还不知道您是谁")
	p.look(plugin.kind + "-host-unlinked")
	p.tap("健康申报") // nothing can be filled in by nobody
	p.at("plugin://healthcode/pages/declare/declare")
	p.says("关联我的健康码")
	p.run(`device.back()`)
	p.link(plugin)
	p.says("灰码 暂无有效结果")
	p.says("张*")
	p.fine()
	p.declares(town, plugin)
	p.travels(town, plugin, token)
	p.trips(town, plugin, token)
	p.tap("接种记录")
	p.at("plugin://healthcode/pages/vaccinations/vaccinations")
	p.says("已完成全程接种，自2021年5月12日起")
	p.says("B202102")
	p.look(plugin.kind + "-plugin-vaccinations")
	p.run(`device.back()`)
	p.look(plugin.kind + "-host")
	p.tap("全屏出示")
	p.at("plugin://healthcode/pages/code/code")
	p.says("绿码 未见异常")
	p.look(plugin.kind + "-plugin-code")
	p.gate(town)
	p.run(`device.back()`)
	p.tap("健康申报")
	p.fill("wx-input input", "38.2")
	for _, answer := range []string{"气促、呼吸困难", "是", "在本省居住3个月以上", "提交申报"} {
		p.tap(answer)
	}
	p.says("已提交，社区工作人员会核查。黄码 健康观察")
	p.look("declaration, sent")
	p.tap("出示健康码")
	p.says("黄码 健康观察")
	p.look(plugin.kind + "-plugin-code-yellow")
}

// link goes to the city's mini-program and back, once refusing and once agreeing.
func (p *phone) link(plugin plugin) {
	p.t.Helper()
	p.next("navigateToMiniProgram", map[string]any{})
	p.tap("关联我的健康码")
	p.await(`device.calls.some((c) => c.api === "navigateToMiniProgram")`)
	left, _ := p.called("navigateToMiniProgram")
	if left["appId"] != plugin.id || left["path"] != "pages/link/link" {
		p.t.Fatalf("the plugin leads to %v", left)
	}
	city := newPhone(p.t, p.town, p.ctx)
	defer city.close()
	enter := must[[]byte](p.t)(json.Marshal(map[string]any{"path": "pages/link/link",
		"referrerInfo": map[string]any{"appId": plugin.host, "extraData": left["extraData"]}}))
	for _, answer := range []string{"不关联", "同意关联"} {
		city.open("shell", "user", "zhang", "app", plugin.id, "enter", string(enter))
		city.says("示例宿主小程序")
		city.look(plugin.kind + "-link")
		city.next("navigateBackMiniProgram", map[string]any{})
		city.tap(answer)
		city.await(`device.calls.some((c) => c.api === "navigateBackMiniProgram")`)
		back, _ := city.called("navigateBackMiniProgram")
		carried := string(must[[]byte](p.t)(json.Marshal(back["extraData"])))
		if strings.Contains(carried, "张") || strings.Contains(carried, documentNumber(1)) || (carried == "{}") != (answer == "不关联") {
			p.t.Errorf("%s: %s goes back", answer, carried)
		}
		for range 2 { // hosts are shown again with what they were shown before
			p.run(fmt.Sprintf(`device.resume({path: "", query: {}, referrerInfo: {appId: %q, extraData: %s}})`, plugin.id, carried))
		}
	}
	city.fine()
	p.await(`!document.body.innerText.includes("关联我的健康码")`)
}

// declares sends the health form empty, then wrong, then right.
func (p *phone) declares(town *town, plugin plugin) {
	p.t.Helper()
	p.tap("健康申报")
	p.says("今日体温")
	p.tap("提交申报")
	p.says("有4处需要修改")
	if n := eval[int](p, `[...document.querySelectorAll("wx-view")].filter((e) => /--wrong$/.test(e.className)).length`); n != 4 {
		p.t.Errorf("%d fields say what is wrong with them", n)
	}
	p.look(plugin.kind + "-plugin-declare-refused")
	p.fill("wx-input input", "３６。５")
	p.tap("感冒样症状（乏力、咳嗽、发热、肌肉痛、头痛）")
	p.tap("气促、呼吸困难")
	p.tap("无症状") // which goes with no other
	checked := `[...document.querySelectorAll("[role=checkbox][aria-checked=true]")].map((e) => e.innerText).join()`
	p.await(checked + ` === "无症状"`)
	p.tap("否")
	p.tap("在本省居住3个月以上")
	p.look(plugin.kind + "-plugin-declare")
	town.mute.Store(true)
	p.tap("提交申报")
	p.says("网络不通")
	town.mute.Store(false)
	p.tap("提交申报") // which doubles nothing
	p.says("已提交。绿码 未见异常")
	p.run(`device.back()`)
	p.says("绿码 未见异常")
}

// travels answers the itinerary, whose places come only when they are called for.
func (p *phone) travels(town *town, plugin plugin, token string) {
	p.t.Helper()
	p.run(fmt.Sprintf(`device.go(%q)`, "plugin://healthcode/declare?form=itinerary"))
	p.says("近14天内是否离开过居住的区县")
	if eval[bool](p, `document.body.innerText.includes("再加一处")`) {
		p.t.Error("places are asked of somebody who has not said that they travelled")
	}
	p.tap("有")
	p.tap("再加一处")
	p.tap("提交申报")
	p.says("有2处需要修改")
	p.tap("删除此处")
	plugin.places(p, 0, 1)
	p.says("武汉市")
	today := eval[string](p, `new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10)`)
	plugin.days(p, 1, "到达日期", today)
	plugin.days(p, 2, "离开日期", today)
	p.look(plugin.kind + "-plugin-itinerary")
	p.tap("提交申报")
	p.says("已提交")
	p.run(`device.back()`)
	held := town.declared(p.t, token)
	if len(held) != 2 || !strings.Contains(held[1], `"420100"`) || !strings.Contains(held[0], `"temperature":36.5`) {
		p.t.Errorf("the service holds %v", held)
	}
}

// trips answers a form with the other types of field.
func (p *phone) trips(town *town, plugin plugin, token string) {
	p.t.Helper()
	p.run(fmt.Sprintf(`device.go(%q)`, "plugin://healthcode/declare?form=trip"))
	p.tap("提交申报")
	p.says("有3处需要修改")
	today := eval[string](p, `new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10)`)
	plugin.days(p, 0, "抵达日期", today)
	p.says("有2处需要修改") // what is right now is said no longer
	plugin.places(p, plugin.place, 1)
	p.tap("火车")
	p.says("车次")
	p.fill("wx-textarea textarea", "G7345")
	p.tap("汽车") // and what was written there counts no longer
	p.await(`!document.body.innerText.includes("车次")`)
	p.tap("提交申报")
	p.says("已提交")
	p.run(`device.back()`)
	if held := town.declared(p.t, token); len(held) != 3 || held[2] != `{"day":"`+today+`","origin":"420100","by":"car"}` {
		p.t.Errorf("the service holds %v", held)
	}
}

// declared is what the service holds of somebody's declarations, the oldest first.
func (town *town) declared(t testing.TB, token string) (answers []string) {
	t.Helper()
	r := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodGet, town.URL+"/v1/me", nil))
	r.Header.Set("Authorization", "Bearer "+token)
	answer := must[*http.Response](t)(http.DefaultClient.Do(r))
	defer answer.Body.Close()
	type declaration struct {
		At      time.Time
		Answers json.RawMessage
	}
	var held struct{ Declarations []declaration }
	if err := json.NewDecoder(answer.Body).Decode(&held); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(held.Declarations, func(a, b declaration) int { return a.At.Compare(b.At) })
	for _, d := range held.Declarations {
		answers = append(answers, string(d.Answers))
	}
	return answers
}
