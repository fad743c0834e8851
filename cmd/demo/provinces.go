package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"healthcode/models"
)

// provinces is the story of a lorry driver whose green code is another province's.
func (s *story) provinces() []step {
	p := &provinces{story: s}
	return []step{
		{"Anhui and the nation stand up beside Zhejiang: a process, a database and keys of their own, and each numbers the colours in its own way", p.standUp},
		{"a lorry driver of Anhui with a green code is at a motorway exit in Zhejiang: nobody recognises anybody, and the guard is told that it is no code of here", p.stuck},
		{"share: both keep their code, pin each other's keys and publish a table, which in Zhejiang one officer drafts, cannot publish, and another does; within seconds they have each other's pass keys", p.share},
		{"the driver gets off the motorway: Anhui was asked about the one who stands there, and says 00, which is green here", p.through("green", "pass", "asked at")},
		{"at home the driver sees who asked: Zhejiang, at a gate", p.told("浙江")},
		{"another driver, whose pass is green still, has declared a cough: the gate says yellow, why in its own words, and what would do", p.ill},
		{"somebody of Anhui is grey there, which no table here has: it is not guessed, and the guard is told so", p.unknown},
		{"Anhui's service is killed: its driver gets through by the pass alone, as granted, and nobody waits for long", p.outage},
		{"meanwhile Zhejiang's own people pass as ever", p.ours},
		{"Anhui is there again, and is asked again", p.back},
		{"dock: the two go through the nation, which passes on what Anhui signed, and keeps nothing", p.dock},
		{"the driver gets through, and sees at home that the nation asked for Zhejiang", p.docked},
		{"adopt: Tibet has no code of its own; its residents are told where theirs is", p.adopt},
		{"its gate takes the nation's code as its own", p.adopted},
		{"a question that nobody signed is refused: nobody learns of anybody whose fresh pass they do not hold", p.curious},
	}
}

// provinces is that story with what it stands up.
type provinces struct {
	*story
	zhejiang, anhui, nation, tibet *province
}

func (p *provinces) standUp(ctx context.Context) (err error) {
	if p.kill {
		return errors.New("this story kills a service by itself; tell it without -kill")
	}
	if p.anhui, err = p.found(ctx, "340000", "安徽", map[models.Colour]string{models.Green: "00", models.Yellow: "01", models.Red: "10", models.Grey: "99"}); err != nil {
		return err
	}
	p.nation, err = p.found(ctx, models.Nation, "全国", map[models.Colour]string{models.Green: "1", models.Yellow: "2", models.Red: "3", models.Grey: "4"})
	return err
}

func (p *provinces) stuck(ctx context.Context) error {
	if err := p.staffLogin(p.guard, "guard")(ctx); err != nil {
		return err
	}
	if err := p.guard.ask(ctx, http.MethodPost, "/v1/gate", map[string]string{"venue": p.city.Venue}, nil); err != nil {
		return err
	}
	_, err := p.atGate(ctx, p.guard, p.anhui, "driver")
	return want(err, "pass.foreign")
}

// recognisedAnswer is what a gate says of a code of elsewhere.
type recognisedAnswer struct {
	seenAnswer
	Recognised *struct {
		From    string
		Asked   bool
		Unknown bool
		Reasons []struct{ Code, Text, Test string }
	}
}

// atGate has somebody show their code to a guard, on a phone that has shown nothing yet.
func (p *provinces) atGate(ctx context.Context, guard *phone, of *province, user string) (out recognisedAnswer, err error) {
	text, err := of.show(ctx, user)
	if err != nil {
		return out, err
	}
	return out, guard.ask(ctx, http.MethodPost, "/v1/scans", map[string]string{"id": newVisitID(), "pass": text}, &out)
}

// waits tries until it is so: what is published is in force everywhere within seconds.
func waits(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// Tables by which each goes by the other's colours.
const (
	anhuiTable  = "colours:\n  - {is: 00, colour: green}\n  - {is: 01, colour: yellow}\n  - {is: 10, colour: red}\n"
	nationTable = "colours:\n  - {is: 1, colour: green}\n  - {is: 2, colour: yellow}\n  - {is: 3, colour: red}\n"
	ownTable    = "colours:\n  - {is: green, colour: green}\n  - {is: yellow, colour: yellow}\n  - {is: red, colour: red}\n"
	restOfTable = `passes:
  - {is: green, colour: green}
  - {is: yellow, colour: yellow}
  - {is: red, colour: red}
reasons:
  - is: symptoms
    text: {zh: 申报过症状, en: declared symptoms}
    colour: yellow
    unless: {test: pcr, within: 48h, colour: green}
tests:
  - {is: pcr_negative, counts: pcr}
`
)

func (p *provinces) share(ctx context.Context) error {
	zhejiang := p.home()
	if err := zhejiang.agrees(ctx, p.anhui, anhuiTable); err != nil {
		return err
	}
	if err := p.anhui.knows(ctx, zhejiang, 1, "share", "", ownTable); err != nil {
		return err
	}
	return waits(ctx, func() error {
		out, err := p.atGate(ctx, p.guard, p.anhui, "driver")
		if err == nil && !out.Recognised.Asked {
			err = fmt.Errorf("no answer of Anhui yet")
		}
		return err
	})
}

func (p *provinces) through(colour, advice, says string) func(context.Context) error {
	return func(ctx context.Context) error {
		out, err := p.atGate(ctx, p.guard, p.anhui, "driver")
		if err != nil {
			return err
		}
		if out.Colour != colour || out.Advice != advice || !strings.Contains(out.Say, says) || !strings.Contains(out.Name, "*") || out.Document != "" {
			return fmt.Errorf("got %+v", out)
		}
		return nil
	}
}

func (p *provinces) told(who string) func(context.Context) error {
	return func(ctx context.Context) error {
		phone, err := p.anhui.phone(ctx, "driver")
		if err != nil {
			return err
		}
		held, err := p.held(ctx, phone)
		if err != nil {
			return err
		}
		if len(held.Accesses) == 0 || held.Accesses[0].By != who || held.Accesses[0].Purpose != "peer" {
			return fmt.Errorf("got %+v", held.Accesses)
		}
		return nil
	}
}

func (p *provinces) ill(ctx context.Context) error {
	text, err := p.anhui.show(ctx, "coughing")
	if err != nil {
		return err
	}
	if err := p.anhui.declare(ctx, "coughing", illAnswers); err != nil {
		return err
	}
	var out recognisedAnswer
	if err := p.guard.ask(ctx, http.MethodPost, "/v1/scans", map[string]string{"id": newVisitID(), "pass": text}, &out); err != nil {
		return err
	}
	if out.Colour != "yellow" || out.Advice != "call" || !strings.Contains(out.Say, "declared symptoms. A recent negative PCR would do.") {
		return fmt.Errorf("got %+v", out)
	}
	return nil
}

func (p *provinces) unknown(ctx context.Context) error {
	out, err := p.atGate(ctx, p.guard, p.anhui, "undeclared")
	if err == nil && (out.Colour != "grey" || !out.Recognised.Unknown || !strings.Contains(out.Say, "unknown to us")) {
		err = fmt.Errorf("got %+v", out)
	}
	return err
}

func (p *provinces) outage(ctx context.Context) error {
	text, err := p.anhui.show(ctx, "driver")
	if err != nil {
		return err
	}
	p.anhui.killService()
	for range 4 {
		var out recognisedAnswer
		begun := time.Now()
		if err := p.guard.ask(ctx, http.MethodPost, "/v1/scans", map[string]string{"id": newVisitID(), "pass": text}, &out); err != nil {
			return err
		}
		if out.Colour != "green" || out.Recognised.Asked || !strings.Contains(out.Say, "not asked again") || time.Since(begun) > 2*time.Second {
			return fmt.Errorf("got %+v after %v", out, time.Since(begun))
		}
	}
	return nil
}

func (p *provinces) ours(ctx context.Context) error {
	mine := newPhone(p.service())
	if err := p.login(&mine, "wechat", "resident-000")(ctx); err != nil {
		return err
	}
	text, err := mine.show(ctx)
	if err != nil {
		return err
	}
	var out recognisedAnswer
	err = p.guard.ask(ctx, http.MethodPost, "/v1/scans", map[string]string{"id": newVisitID(), "pass": text}, &out)
	if err == nil && (out.Advice != "pass" || out.Recognised != nil) {
		err = fmt.Errorf("got %+v", out)
	}
	return err
}

// back waits until it is asked again: one that was down is left alone for ten seconds.
func (p *provinces) back(ctx context.Context) error {
	if err := p.anhui.start(ctx); err != nil {
		return err
	}
	return waits(ctx, func() error {
		out, err := p.atGate(ctx, p.guard, p.anhui, "driver")
		if err == nil && !out.Recognised.Asked {
			err = fmt.Errorf("it is not asked yet")
		}
		return err
	})
}

func (p *provinces) dock(ctx context.Context) error {
	zhejiang := p.home()
	for _, do := range []func() error{
		func() error { return p.nation.knows(ctx, zhejiang, 1, "share", "", ownTable) },
		func() error { return p.nation.knows(ctx, p.anhui, 1, "share", "relay: true\n", anhuiTable) },
		func() error { return p.anhui.knows(ctx, p.nation, 1, "share", "", nationTable) },
		func() error { return zhejiang.knows(ctx, p.nation, 1, "share", "", nationTable) },
		func() error { return p.anhui.knows(ctx, zhejiang, 2, "none", "", "") },
		func() error { return zhejiang.knows(ctx, p.anhui, 2, "dock", "through: \"000000\"\n", anhuiTable) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

func (p *provinces) docked(ctx context.Context) error {
	return waits(ctx, func() error {
		out, err := p.atGate(ctx, p.guard, p.anhui, "driver")
		if err != nil {
			return err
		}
		if out.Colour != "green" || !out.Recognised.Asked {
			return fmt.Errorf("got %+v", out)
		}
		return p.told("全国（浙江省）")(ctx)
	})
}

func (p *provinces) adopt(ctx context.Context) (err error) {
	if p.tibet, err = p.found(ctx, "540000", "西藏", nil); err != nil {
		return err
	}
	if err := p.nation.knows(ctx, p.tibet, 1, "share", "", ownTable); err != nil {
		return err
	}
	if err := p.tibet.knows(ctx, p.nation, 1, "adopt", "open: https://code.example.cn/\n", nationTable); err != nil {
		return err
	}
	return waits(ctx, func() error {
		_, err := p.tibet.show(ctx, "driver")
		return want(err, "pass.elsewhere")
	})
}

func (p *provinces) adopted(ctx context.Context) error {
	guard, err := p.tibet.atExit(ctx)
	if err != nil {
		return err
	}
	return waits(ctx, func() error {
		out, err := p.atGate(ctx, guard, p.nation, "driver")
		if err == nil && (out.Advice != "pass" || !out.Recognised.Asked) {
			err = fmt.Errorf("got %+v", out)
		}
		return err
	})
}

func (p *provinces) curious(ctx context.Context) error {
	body := map[string]string{"by": "YQ==", "payload": "eyJmcm9tIjoiMzMwMDAwIn0=", "signature": "YQ=="}
	return want(newPhone(p.anhui.service()).ask(ctx, http.MethodPost, "/v1/peer/statements", body, nil), "peer.unknown")
}
