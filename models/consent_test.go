package models

import "testing"

func TestCheckConsents(t *testing.T) {
	t.Parallel()
	code := Consent{Purpose: PurposeCode, Version: ConsentVersion}
	visits := Consent{Purpose: PurposeVisits, Version: ConsentVersion}
	for _, c := range []struct {
		name  string
		given []Consent
		want  string
	}{
		{"the code alone", []Consent{code}, ""},
		{"two", []Consent{visits, code}, ""},
		{"none", nil, "consent.missing on consents"},
		{"without the code", []Consent{visits}, "consent.missing on consents"},
		{"unknown", []Consent{code, {Purpose: "marketing", Version: ConsentVersion}}, "consent.purpose_unknown on consents"},
		{"empty", []Consent{code, {}}, "consent.purpose_unknown on consents"},
		{"older words", []Consent{{Purpose: PurposeCode, Version: ConsentVersion - 1}}, "consent.version on consents"},
		{"words to come", []Consent{code, {Purpose: PurposeRecords, Version: ConsentVersion + 1}}, "consent.version on consents"},
		{"all at once", []Consent{{Purpose: "x"}, {Purpose: PurposeVisits}}, "consent.purpose_unknown on consents; consent.version on consents; consent.missing on consents"},
	} {
		got := ""
		if err := CheckConsents(c.given); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	for _, p := range Purposes() {
		if err := CheckConsents([]Consent{code, {Purpose: p, Version: ConsentVersion}}); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}
