package models

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// said is what docs/levers.md says of each lever beside its terms.
var said = map[Lever]struct{ what, shown string }{
	LeverOrder:       {"an order about one resident, for one of the legal reasons of `models/order.yaml`, which give the colour; evidence; an end date within `order_days` of the rules where the resident lives", "the legal reason and its law, and when it ends"},
	LeverListing:     {"a place declared risky, with its level, from and to, whatever its size", "the place, its level and the days they were there"},
	LeverExposure:    {"a case was at a venue for some hours; whom it is about is what the visits say, by how well they are witnessed", "when they were where a case was; never who the case is"},
	LeverImport:      {"positive results that a laboratory delivers, or that the operator takes in from a file; negative ones count at once", "the kind of test, the laboratory and when it was taken"},
	LeverOnBehalf:    {"a declaration for a resident who has no phone or cannot use it; if the form asks for a review, whoever entered it cannot do that; an arrival that a guard took down is one, entered by the worker of the destination who follows it up", "the form and that a worker entered it"},
	LeverMove:        {"a resident lives in another community from now on, and comes under the rules there; residents may also move themselves", "the community, and the rules there"},
	LeverMerger:      {"a jurisdiction becomes part of another, both below the office: two districts become one, a city's code becomes the province's; tried out over everybody who lives there first (docs/architecture.md)", "the rule that speaks there, in words"},
	LeverRules:       {"a rule file; tried out over everybody first (docs/rules.md)", "the rule that speaks, in words"},
	LeverForm:        {"a form: what is asked, and which facts follow from the answers (docs/forms.md)", "the form that they answer themselves"},
	LeverRecognition: {"a table by which gates go by the codes of another place: what its colours, reasons and tests come to here, and by which keys it is believed; whoever publishes it sees which of them become better or worse. Nobody's own code changes. `healthcode peer add` leaves a draft, which an officer must publish (docs/recognition.md)", "the colour and the reason, from the guard; the table, and who drafted and published it, at `/recognition`"},
}

// TestLevers writes docs/levers.md from the table that the service goes by.
func TestLevers(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(leversHead)
	for _, l := range Levers() {
		enters := string(l.Enters)
		if enters == "" {
			enters = "laboratory (client), operator"
		}
		if l.Lever == LeverRecognition {
			enters += ", operator"
		}
		alone := "never"
		if l.Alone {
			alone = "where nobody's colour gets worse"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", l.Lever, said[l.Lever].what, enters, l.Agrees, alone, said[l.Lever].shown)
	}
	fmt.Fprintf(&b, leversFoot, RedAlarm, RedCap, RedCap, RedAlarm, RedCap)
	golden(t, "../../docs/levers.md", b.String())
	for _, l := range Levers() {
		if said[l.Lever].what == "" || !l.Agrees.Valid() || l.Enters != "" && !l.Enters.Valid() {
			t.Errorf("%s: nothing is said of it, or a role does not exist", l.Lever)
		}
		if l.Agrees == RoleAdministrator || l.Enters == RoleAdministrator || l.Agrees == RoleAuditor {
			t.Errorf("%s is in the hands of those who may do nothing", l.Lever)
		}
	}
}

// TestEveryFactHasALever: whatever evidence there is came by a lever, from the
// resident, or from the service's own check.
func TestEveryFactHasALever(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("../docs/levers.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range factKinds {
		if !strings.Contains(string(body), "| `"+string(kind)+"` |") {
			t.Errorf("docs/levers.md does not say where a fact of kind %s comes from", kind)
		}
	}
}

const leversHead = `# Who can change somebody's colour

Nobody sets a colour. People enter evidence, and published rules decide. This is every lever there is: who pulls it, who
else must agree, and what the resident is told. It is written by a test from the table in ` + "`models/lever.go`" + `, which is the one
that the service goes by.

| lever | what it is | who enters it | who else must agree | takes effect alone | what the resident reads |
|---|---|---|---|---|---|
`

const leversFoot = `
**The second person** is never whoever entered it, nor whoever invited them into the service, nor anybody they invited; works
in the same jurisdiction or above; and sees what it would do before they agree: how many people it is about, how many of them
get worse, how many turn red. An administrator and an auditor can neither enter nor agree to anything.

**The cap.** An office is the jurisdiction that a member of staff works in. All its levers count together: once it would have
turned more than %d people red within 24 hours the auditors are told, and more than %d only a colleague of a jurisdiction
above can agree to. Listings of any size, exposures and positive results always have a second person, and so have rules,
however few people they redden. Whom a recognition table stops at a gate is not counted: they are another installation's, and so
is their colour. It always has a second person.

**The alarms** are the metric ` + "`healthcode_alarms_total{kind}`" + ` and a message to every auditor who works above the office; nobody
audits the office that they sit in. Of forged rows every auditor is told.

| kind | when |
|---|---|
| ` + "`own`" + ` | somebody tried to agree to what was theirs |
| ` + "`cap`" + ` | somebody tried to go above %d and was refused |
| ` + "`reddened`" + ` | an office has turned more than %d people red within 24 hours |
| ` + "`above`" + ` | more than %d, and the jurisdiction above agreed |
| ` + "`forged`" + ` | rows in the database were not made by the service: they count as absent. The metric names the table, as ` + "`mac_facts`" + ` |

**The resident** is told at once, in their own list and by a message through their app, with the reasons that the rules gave
and the facts those rest on; can read every decision there was about them; and can appeal, with an answer due in 24 hours from
the community, in 48 from the district.

**Where each fact comes from.**

| fact | comes from |
|---|---|
| ` + "`verified`" + ` | a worker who saw the document, or the platform's real-name check; it harms nobody |
| ` + "`declaration`" + ` | the resident, or ` + "`on_behalf`" + ` |
| ` + "`symptom`" + ` | the same |
| ` + "`contact`" + ` | the same |
| ` + "`stay`" + ` | the same for where they were, and a ` + "`listing`" + ` |
| ` + "`test`" + ` | a laboratory: a negative one at once, a positive one by ` + "`import`" + ` |
| ` + "`vaccination`" + ` | a registry; no rule of ours looks at it |
| ` + "`finding`" + ` | a worker's review of a declaration; it only ever clears |
| ` + "`exposure`" + ` | ` + "`exposure`" + `; that of a visit which its visitor alone vouches for gives no colour |
| ` + "`order`" + ` | ` + "`order`" + ` |

**The database** is not a lever. Its account can insert and update rows, and none of them counts without a code under a key
that the database never holds; ` + "`TestZhengzhou`" + ` in ` + "`models/store`" + ` tries. It tries every lever above too, with one account and with
all the accounts of an office together.
`
