package handlers_test

import (
	"fmt"
	"testing"

	"healthcode/models"
)

// tested is a rule file of the district that asks everybody for a test.
func tested(version int) string {
	return fmt.Sprintf(`id: yuhang
version: %d
jurisdiction: "330110"

parameters:
  - id: test_days
    value: 3d
    text: {zh: 核酸阴性结果的有效期, en: how long a negative test lasts}

rules:
  - id: untested
    colour: yellow
    when: |
      !facts.exists(t, t.kind == 'test' && t.code == 'pcr' && t.result == 'negative' && within(t, 'test_days'))
    why:
      zh: 您最近{test_days}内没有核酸阴性结果。
      en: You have no negative PCR test of the last {test_days}.
    clear:
      zh: 做一次核酸检测且结果为阴性。
      en: One negative PCR test.
    ask:
      zh: 请联系您所在的社区工作人员。
      en: Ask your community's worker.
`, version)
}

// plainly is a rule file of the district that adds nothing to those above.
func plainly(version int) string {
	return fmt.Sprintf("id: yuhang\nversion: %d\njurisdiction: \"330110\"\n", version)
}

// officers hires two officers of the district.
func (town *town) officers(t testing.TB) {
	t.Helper()
	for _, username := range []string{"officer", "fellow"} {
		town.hire(t, username, models.Staff{Role: models.RoleOfficer, Jurisdiction: "330110"}, 0)
	}
}

// work does all the jobs that wait.
func (town *town) work(t testing.TB) {
	t.Helper()
	for must[bool](t)(town.store.WorkOnce(t.Context())) {
	}
}

// findDrafts has rules published, and drafts tried out: the officer's own, and that
// of a colleague.
func (k *knock) findDrafts(t *testing.T) (drafts, publications map[string]string) {
	t.Helper()
	fellow := k.staff("fellow")
	draft := func(token, body string) string {
		var made struct{ ID string }
		k.ask(token, "POST", "/v1/drafts", map[string]string{"kind": "rules", "body": body}).into(t, &made)
		k.work(t)
		k.clock.Advance(1e9)
		return made.ID
	}
	first := draft(fellow, plainly(1))
	var published struct{ ID string }
	k.ask(k.tokens["officer"], "POST", "/v1/drafts/"+first+"/publication", nil).into(t, &published)
	k.clock.Advance(1e9)
	drafts = map[string]string{"the officer's": draft(k.tokens["officer"], tested(2)), "a colleague's": draft(fellow, tested(2)),
		"published": first, "unknown": "00000000000000000000000000"}
	return drafts, map[string]string{"here": published.ID, "unknown": "00000000000000000000000000"}
}
