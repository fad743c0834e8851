package simulator_test

import (
	"regexp"
	"testing"

	"healthcode/platform/wechat/simulator"
)

func TestNewLoginDisplacesSessionKey(t *testing.T) {
	t.Parallel()
	s, _ := play()
	if key := s.SessionKey("wx1", "anna"); key != "" {
		t.Errorf("before any login: %q", key)
	}
	first := login(t, s, "wx1", "s1", s.Login("wx1", "anna"))
	if s.SessionKey("wx1", "anna") != first.SessionKey {
		t.Error("the key that was answered is not the session's")
	}
	second := login(t, s, "wx1", "s1", s.Login("wx1", "anna"))
	if second.SessionKey == first.SessionKey || s.SessionKey("wx1", "anna") != second.SessionKey {
		t.Error("the first key is still the session's")
	}
	if s.SessionKey("wx2", "anna") != "" || s.SessionKey("wx1", "bo") != "" {
		t.Error("a session somewhere else")
	}
	if !regexp.MustCompile(`^[A-Za-z0-9+/]{22}==$`).MatchString(first.SessionKey) {
		t.Errorf("%q is no key of 16 bytes in base64", first.SessionKey)
	}
}

func TestRefusalChangesNothing(t *testing.T) {
	t.Parallel()
	s, _ := play()
	used := s.Login("wx1", "anna")
	before := login(t, s, "wx1", "s1", used).SessionKey
	fresh := s.Login("wx1", "anna")
	for _, refused := range []session{login(t, s, "wx1", "s1", used), login(t, s, "wx1", "wrong", fresh), login(t, s, "wx2", "s2", fresh)} {
		if refused.ErrCode == 0 {
			t.Errorf("not refused: %+v", refused)
		}
	}
	if s.SessionKey("wx1", "anna") != before {
		t.Error("a refused login displaced the session")
	}
	if got := login(t, s, "wx1", "s1", fresh); got.ErrCode != 0 {
		t.Errorf("refused elsewhere, and then here: %+v", got)
	}
}

func TestUnionIDIsTheAccounts(t *testing.T) {
	t.Parallel()
	s, _ := play()
	if got := login(t, s, "wx1", "s1", s.Login("wx1", "anna")); got.UnionID != "" {
		t.Errorf("an app of no account: %+v", got)
	}
	s.Join("city", "wx1", "wx2")
	one, two := login(t, s, "wx1", "s1", s.Login("wx1", "anna")), login(t, s, "wx2", "s2", s.Login("wx2", "anna"))
	if one.UnionID != simulator.UnionID("city", "anna") || two.UnionID != one.UnionID {
		t.Errorf("got %q and %q", one.UnionID, two.UnionID)
	}
	if other := login(t, s, "wx1", "s1", s.Login("wx1", "bo")); other.UnionID == one.UnionID {
		t.Error("two people are one")
	}
}

func TestNewSecretReplacesTheOld(t *testing.T) {
	t.Parallel()
	s, _ := play()
	code := s.Login("wx1", "anna")
	s.AddApp("wx1", "s3")
	if got := login(t, s, "wx1", "s1", code); got.ErrCode != 40125 {
		t.Errorf("with the old secret: %+v", got)
	}
	if got := login(t, s, "wx1", "s3", code); got.ErrCode != 0 {
		t.Errorf("with the new one, for a code given before: %+v", got)
	}
}
