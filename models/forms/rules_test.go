package forms

import (
	"testing"

	"healthcode/models"
	"healthcode/models/rules"
)

// TestDefaultFormsMeetDefaultRules: what people declare has the colour that the
// forms' authors mean it to have.
func TestDefaultFormsMeetDefaultRules(t *testing.T) {
	t.Parallel()
	set := rules.Default()
	for answers, want := range map[string]models.Colour{
		well():                              models.Green,
		well("temperature", "37.3"):         models.Yellow,
		well("symptoms", `["other"]`):       models.Yellow,
		well("contact", `"yes"`):            models.Yellow,
		well("contact", `"unsure"`):         models.Yellow,
		well("residence", `"away"`):         models.Green,
		well("symptoms", `["cold_like"]`):   models.Yellow,
		well("note", `"I have a headache"`): models.Green,
	} {
		f := form("health")
		a, err := f.Check([]byte(answers), today, places)
		if err != nil {
			t.Fatal(err)
		}
		facts := append(a.Facts(today), models.Fact{Kind: models.FactVerified, At: today},
			models.Fact{Kind: models.FactDeclaration, Code: f.ID, At: today})
		if o := set.Decide(facts, today); o.Colour != want {
			t.Errorf("%s gives %s, want %s", answers, o.Colour, want)
		}
	}
}
