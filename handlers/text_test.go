package handlers_test

import (
	"testing"

	"healthcode/platform/wechat/simulator"
)

// saying is what somebody well declares, with a remark in words of their own.
func saying(words string) map[string]any {
	return with(well, "note", words)
}

// TestTypedText: what WeChat takes for unlawful is refused and kept nowhere; what
// it cannot be asked about is taken, because a worker reads it in any case.
func TestTypedText(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.wechat.Dislike("赌场")
	mine := s.resident("wechat", 1, "张三")
	s.changesNothing(t, func() {
		if a := s.declare(mine, saying("来赌场")); a.String() != "422 text.refused" {
			t.Errorf("unlawful: %s", a)
		}
	})
	s.declare(mine, saying("咳嗽三天了")).into(t, nil)
	if n := s.wechat.Asked(wechatApp, "/wxa/msg_sec_check"); n != 2 {
		t.Errorf("WeChat was asked about %d texts", n)
	}
	s.declare(mine, well).into(t, nil)
	s.wechat.Break(wechatApp, simulator.BadGateway)
	s.declare(mine, saying("不发热了")).into(t, nil)
	if n := s.wechat.Asked(wechatApp, "/wxa/msg_sec_check"); n != 2 {
		t.Errorf("no text, and one while WeChat is down: asked %d times", n)
	}
	other := s.resident("alipay", 2, "李四")
	s.declare(other, saying("来赌场")).into(t, nil) // Alipay has no such call
}
