package simulator_test

import (
	"testing"
	"time"

	"healthcode/platform/wechat/simulator"
)

// certHash is the vector of the page queryVerifyInfo, for 张三 with this number.
const (
	certNumber = "310101199801011234"
	certHash   = "3c241f7ff324977aeb91f173bb2a7b06569e6fd784d5573db34a636d8671108b"
)

func begin(order, kind, name, number, openID string) map[string]any {
	return map[string]any{"out_seq_no": order, "openid": openID,
		"cert_info": map[string]any{"cert_type": kind, "cert_name": name, "cert_no": number}}
}

func query(id, order, hash, openID string) map[string]any {
	return map[string]any{"verify_id": id, "out_seq_no": order, "cert_hash": hash, "openid": openID}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.Login("wx1", "张三")
	own, other := simulator.OpenID("wx1", "张三"), simulator.OpenID("wx1", "李四")
	started := post(t, s, atBegin, begin("order1", "IDENTITY_CARD", "张三", certNumber, own))
	id := started.text("verify_id")
	if started.number() != 0 || id == "" || started["expires_in"] != 3600.0 {
		t.Fatal(started)
	}
	good := query(id, "order1", certHash, own)
	if got := post(t, s, atQuery, good); got.number() != 84001 {
		t.Errorf("before anybody stood there: %v", got)
	}
	if s.ShowFace("wx1", "李四", id, simulator.FacePassed) || s.ShowFace("wx2", "张三", id, simulator.FacePassed) || s.ShowFace("wx1", "张三", "never", simulator.FacePassed) {
		t.Error("it is not theirs")
	}
	for _, result := range []int{simulator.FaceLeft, simulator.FaceSlow, simulator.FacePassed} {
		if !s.ShowFace("wx1", "张三", id, result) {
			t.Fatal("it is theirs")
		}
		if got := post(t, s, atQuery, good); got.number() != 0 || got["verify_ret"] != float64(result) {
			t.Errorf("%d: %v", result, got)
		}
	}
	for name, in := range map[string]map[string]any{"check": query("never", "order1", certHash, own), "order": query(id, "order2", certHash, own),
		"hash": query(id, "order1", certHash[1:]+"0", own), "user": query(id, "order1", certHash, other)} {
		if got := post(t, s, atQuery, in); got.number() != 84001 || got["verify_ret"] != nil {
			t.Errorf("another %s: %v", name, got)
		}
	}
}

func TestChecksThatDoNotBegin(t *testing.T) {
	t.Parallel()
	s, _ := play()
	s.Login("wx1", "张三")
	own := simulator.OpenID("wx1", "张三")
	post(t, s, atBegin, begin("order1", "IDENTITY_CARD", "张三", certNumber, own))
	for name, c := range map[string]struct {
		in   map[string]any
		want int
	}{
		"the order again":  {begin("order1", "IDENTITY_CARD", "张三", certNumber, own), 40097},
		"a short order":    {begin("1234", "IDENTITY_CARD", "张三", certNumber, own), 40097},
		"a long order":     {begin("123456789012345678901234567890123", "IDENTITY_CARD", "张三", certNumber, own), 40097},
		"an order of dots": {begin("order.2", "IDENTITY_CARD", "张三", certNumber, own), 40097},
		"a passport":       {begin("order2", "PASSPORT", "张三", "E12345678", own), 40097},
		"no name":          {begin("order2", "IDENTITY_CARD", "", certNumber, own), 40097},
		"a short number":   {begin("order2", "IDENTITY_CARD", "张三", "310101980101123", own), 40097},
		"nobody":           {begin("order2", "IDENTITY_CARD", "张三", certNumber, simulator.OpenID("wx1", "李四")), 40003},
	} {
		if got := post(t, s, atBegin, c.in); got.number() != c.want || got.text("verify_id") != "" {
			t.Errorf("%s: %v", name, got)
		}
	}
	if n := s.Done("wx1", atBegin); n != 1 {
		t.Errorf("%d were begun", n)
	}
}

func TestChecksEnd(t *testing.T) {
	t.Parallel()
	s, now := play()
	s.Login("wx1", "张三")
	own := simulator.OpenID("wx1", "张三")
	early := post(t, s, atBegin, begin("order1", "IDENTITY_CARD", "张三", certNumber, own)).text("verify_id")
	late := post(t, s, atBegin, begin("order2", "IDENTITY_CARD", "张三", certNumber, own)).text("verify_id")
	now.Time = now.Add(time.Hour - 1)
	if !s.ShowFace("wx1", "张三", early, simulator.FacePassed) {
		t.Error("within the hour")
	}
	now.Time = now.Add(1)
	if s.ShowFace("wx1", "张三", late, simulator.FacePassed) {
		t.Error("after the hour")
	}
	if got := post(t, s, atQuery, query(early, "order1", certHash, own)); got["verify_ret"] != float64(simulator.FacePassed) {
		t.Errorf("asked later: %v", got)
	}
}
