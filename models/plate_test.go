package models

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParsePlate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"浙A12345": "浙A12345", "浙a 12345": "浙A12345", "京Ｎ·８Ｐ８Ｆ８": "京N8P8F8", "粤B-1234警": "粤B1234警",
		"粤Z1234港": "粤Z1234港", "鲁H123挂": "", "鲁H1234挂": "鲁H1234挂", "沪AD12345": "沪AD12345", "沪AF1234A": "",
		"川A12345D": "川A12345D", "川A12345L": "", "川AL12345": "", "使224578": "使224578", "224578使": "224578使",
		"浙A1234": "", "浙A123456": "", "浙I12345": "", "浙A1234O": "", "A12345": "", "港A12345": "", "": "", "浙A12345\n": "",
		"浙A1234使": "", "浙A12345浙": "",
	} {
		p, err := ParsePlate(in)
		if want == "" {
			var refused *Problem
			if !errors.As(err, &refused) || refused.Reason != ReasonPlateInvalid {
				t.Errorf("%q: %v, want plate.invalid", in, err)
			}
			if err != nil && in != "" && strings.Contains(err.Error(), in) {
				t.Errorf("%q is repeated in the error", in)
			}
			continue
		}
		if err != nil || p.Reveal() != want {
			t.Errorf("%q: %q and %v, want %q", in, p.Reveal(), err, want)
		}
	}
}

func TestPlateMasks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"浙A12345": "浙A***45", "沪AD12345": "沪A****45"} {
		p, err := ParsePlate(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%v %s %+v %#v %q", p, p, p, p, p); strings.Contains(got, in[4:]) || !strings.Contains(got, want) {
			t.Errorf("%s prints as %s", in, got)
		}
	}
}
