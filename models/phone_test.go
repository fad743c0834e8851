package models

import (
	"testing"
)

func TestParsePhone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, clear, mask string }{
		{"13800138000", "13800138000", "138****8000"},
		{"+86 138-0013-8000", "13800138000", "138****8000"},
		{"１３８００１３８０００", "13800138000", "138****8000"},
		{"(010) 6552 9988", "01065529988", "010****9988"},
		{"（0571）8765 4321", "057187654321", "057*****4321"},
		{"+852 9123 4567", "+85291234567", "+85*****4567"},
		{"+12025550123", "+12025550123", "+12*****0123"},
	} {
		p, err := ParsePhone(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if p.Reveal() != c.clear || p.String() != c.mask {
			t.Errorf("%q: got %q and %q, want %q and %q", c.in, p.Reveal(), p.String(), c.clear, c.mask)
		}
	}
}

func TestParsePhoneRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "12800138000", "1380013800", "138001380000", "110", "+0123456789", "++8613800138000",
		"+86+8613800138000", "+86+85291234567", "8613800138000", "13800138000x", "138.0013.8000", "+1234567", "+1234567890123456",
		"00852912345", "\xff", "tel:13800138000"} {
		p, err := ParsePhone(s)
		if reasonOf(t, err) != ReasonPhoneInvalid || p != (Phone{}) {
			t.Errorf("%q: %v, %v", s, p, err)
		}
	}
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"13800138000", "+86 13800138000", "+86+8613800138000", "(010)65529988", "+85291234567", "", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePhone(s)
		if err != nil {
			if reasonOf(t, err) != ReasonPhoneInvalid {
				t.Fatal(err)
			}
			return
		}
		again, err := ParsePhone(p.Reveal())
		if err != nil || again != p {
			t.Fatalf("%q: what was read is not read again: %v", s, err)
		}
		if p.String() == p.Reveal() {
			t.Fatalf("%q prints in clear", s)
		}
	})
}
