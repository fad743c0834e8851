package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"healthcode/models"
)

// table is a peering of the district, with what the mode needs and what is to differ.
func table(mode, way, rest string) string {
	return fmt.Sprintf(`id: anhui
version: 1
place: "330110"
peer: "340000"
mode: %s
name: {zh: 安徽健康码, en: Anhui's code}
%scolours:
  - {is: 00, colour: green}
  - {is: 01, colour: yellow}
  - {is: 10, colour: red}
passes:
  - {is: green, colour: green}
  - {is: yellow, colour: yellow}
%s`, mode, way, rest)
}

// shared is such a table that trusts the pin of that letter.
func shared(version int, letter string) string {
	file := table("share", "url: https://ahkm.example.cn\npins:\n  - "+strings.Repeat(letter, 64)+"\n", `reasons:
  - is: zone
    text: {zh: 到过中风险地区, en: was in a place of medium risk}
    colour: yellow
    unless: {test: pcr, within: 48h, colour: green}
tests:
  - {is: nat_neg, counts: pcr}
`)
	return strings.Replace(file, "version: 1\n", fmt.Sprintf("version: %d\n", version), 1)
}

// pageSays fails unless the page says all of that.
func (s *street) pageSays(token, path string, wants ...string) string {
	s.t.Helper()
	a := s.ask(token, "GET", path, nil)
	for _, want := range wants {
		if a.Status != 200 || !strings.Contains(string(a.Body), want) {
			s.t.Errorf("%s does not say %q: %s", path, want, a)
		}
	}
	return string(a.Body)
}

// TestRecognitionIsPublished: one officer drafts by which table strangers' codes count,
// another sees what would change and whom one would trust, and publishes it; everybody
// reads it, and who did.
func TestRecognitionIsPublished(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.officers(t)
	officer, fellow, worker := s.staff("officer"), s.staff("fellow"), s.staff("worker")
	s.pageSays("", "/recognition?lang=en", "No other code is recognised here at present.")
	if strings.Contains(s.pageSays("", "/rules/330110"), "/recognition") {
		t.Error("the rules lead to tables that are not there")
	}
	s.changesNothing(t, func() {
		told := s.mistakes(officer, "en", "peering", strings.Replace(shared(1, "a"), `"330110"`, `"650000"`, 1))
		if len(told) != 1 || told[0] != (toldFault{"", 3, "place: it is no place of this service"}) {
			t.Errorf("told %+v", told)
		}
		if a := s.ask(worker, "POST", "/v1/drafts", map[string]string{"kind": "peering", "body": shared(1, "a")}); a.Status != 403 {
			t.Errorf("somebody who is no officer: %s", a)
		}
	})
	publish := func(file string) {
		t.Helper()
		var draft struct{ ID, Name string }
		s.ask(officer, "POST", "/v1/drafts", map[string]string{"kind": "peering", "body": file}).into(t, &draft)
		path := "/v1/drafts/" + draft.ID + "/publication"
		if a := s.ask(officer, "POST", path, nil); a.problem().Reason != models.ReasonDraftOwn || draft.Name != "340000" {
			t.Errorf("one's own draft of %s: %s", draft.Name, a)
		}
		s.ask(fellow, "POST", path, nil).into(t, nil)
		s.clock.Advance(1e9)
	}
	publish(shared(1, "a"))
	second := strings.NewReplacer("{is: 01, colour: yellow}", "{is: 01, colour: green}", "within: 48h", "within: 24h").Replace(shared(2, "b"))
	var draft struct{ ID string }
	s.ask(officer, "POST", "/v1/drafts", map[string]string{"kind": "peering", "body": second}).into(t, &draft)
	page := s.pageSays(fellow, "/console/drafts/"+draft.ID+"?lang=en", "Cases that become worse: 1; better: 1.", `<tr class="better"><th scope="row"><span class="mono">01</span></th>`,
		"with nat_neg of 24 to 48 hours", "These keys are trusted from now on", strings.Repeat("b", 64), "No longer trusted:", strings.Repeat("a", 64),
		"with a negative PCR of the last 24 hours: Green", `<span class="unseen">new: </span><code>  - {is: 01, colour: green}</code>`)
	if strings.Contains(page, `id="trial"`) {
		t.Error("a table is tried out over residents")
	}
	s.pageSays(fellow, "/console/rules?lang=en", "opened, it says what would change", "340000@2", "drafted by officer, published by fellow")
	s.ask(fellow, "POST", "/v1/drafts/"+draft.ID+"/publication", nil).into(t, nil)
	s.pageSays("", "/recognition?lang=en", "Anhui&#39;s code", "At gates of Yuhang", "was in a place of medium risk: Yellow; with a negative PCR of the last 24 hours: Green",
		"drafted by officer, published by fellow", strings.Repeat("b", 64), `id="at330110-340000"`)
	s.pageSays("", "/recognition?lang=zh", "安徽健康码", "到过中风险地区：黄码；有24小时内的PCR阴性结果：绿码")
	s.pageSays("", "/rules/330110?lang=en", `<a href="/recognition#at330110-340000">Anhui&#39;s code</a>`)
	if strings.Contains(s.pageSays("", "/rules/420100"), "/recognition") {
		t.Error("another place's rules name it too")
	}
	var list struct {
		Mappings []struct {
			Version            int
			Drafted, Published string
		}
	}
	s.ask("", "GET", "/v1/peer/mappings", nil).into(t, &list)
	if len(list.Mappings) != 1 || list.Mappings[0].Version != 2 || list.Mappings[0].Drafted != "officer" || list.Mappings[0].Published != "fellow" {
		t.Errorf("everybody reads %+v", list)
	}
	s.clock.Advance(1e9)
	publish("id: anhui\nversion: 3\nplace: \"330110\"\npeer: \"340000\"\nmode: none\nname: {zh: 安徽健康码, en: Anhui's code}\n")
	s.pageSays("", "/recognition?lang=en", "No other code is recognised here at present.")
}
