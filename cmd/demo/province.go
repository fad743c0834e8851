package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"healthcode/models"
	"healthcode/models/store"
)

// province is another installation: a process of its own, with both apps played for it.
type province struct {
	*world
	code, name string
	desks      map[string]*phone // of officers, by their names
}

// home is the story's own installation.
func (p *provinces) home() *province {
	if p.zhejiang == nil {
		p.zhejiang = &province{p.world, "330000", "浙江", map[string]*phone{}}
	}
	return p.zhejiang
}

// found stands an installation up, with a guard at a motorway exit and three residents:
// a driver and one who will cough, both well, and one who has declared nothing.
func (p *provinces) found(ctx context.Context, code, name string, numbers map[models.Colour]string) (*province, error) {
	w := &world{data: filepath.Join(filepath.Dir(p.data), code), port: p.port, out: io.Discard}
	w.order.Installation, w.order.Vendor, w.order.Numbers = code, name, numbers
	if err := os.MkdirAll(w.data, 0o700); err != nil {
		return nil, err
	}
	if err := w.playApps(); err != nil {
		return nil, err
	}
	if err := w.keys(); err != nil {
		return nil, err
	}
	x := &province{w, code, name, map[string]*phone{}}
	p.beside = append(p.beside, w)
	if err := x.settle(ctx); err != nil {
		return nil, err
	}
	return x, w.start(ctx)
}

func (x *province) settle(ctx context.Context) error {
	now := time.Now().UTC().Add(-time.Minute)
	db, err := x.openStore(ctx, func() time.Time { return now })
	if err != nil {
		return err
	}
	defer db.Close()
	s := &seeder{Store: db, ctx: ctx, now: &now, w: x.world}
	place := x.code
	if x.code != models.Nation {
		place = x.code[:2] + "0100"
	}
	for _, j := range models.DivisionPath(place) {
		j.TimeZone = "Asia/Shanghai"
		if err := s.AddJurisdiction(ctx, by, j); err != nil {
			return err
		}
	}
	community, err := s.AddCommunity(ctx, by, models.Community{Jurisdiction: place, Name: words("第一社区", "First Community"), Phone: "12345"})
	if err != nil {
		return err
	}
	venue, err := s.AddVenue(ctx, by, models.Venue{Jurisdiction: place, CommunityID: community, Name: words("高速出口", "Motorway exit")})
	if err != nil {
		return err
	}
	s.c.Venue, s.c.Communities = venue.ID, []string{community}
	if err := s.hire("guard", models.Staff{Role: models.RoleGuard, Display: "高速出口值守", Jurisdiction: place, VenueID: venue.ID}); err != nil {
		return err
	}
	for username, display := range map[string]string{"officer3": "疫情防控办一", "officer4": "疫情防控办二"} {
		if err := s.hire(username, models.Staff{Role: models.RoleOfficer, Display: x.name + display, Jurisdiction: x.code}); err != nil {
			return err
		}
	}
	for i, user := range []string{"driver", "coughing", "undeclared"} {
		if err := x.born(s, i, user); err != nil {
			return err
		}
	}
	x.city = s.c
	return nil
}

// born registers somebody whose document a platform has checked.
func (x *province) born(s *seeder, n int, user string) error {
	who, err := x.identify(s.ctx, "wechat", user)
	if err != nil {
		return err
	}
	token, err := s.SignIn(s.ctx, store.SignIn{Platform: who.Platform, AppID: who.AppID, OpenID: who.OpenID, Device: "demo"})
	if err != nil {
		return err
	}
	account, err := s.Account(s.ctx, token)
	if err != nil {
		return err
	}
	r := models.Registration{Community: s.c.Communities[0]}
	if r.Document, err = s.document(n); err != nil {
		return err
	}
	if r.Name, err = models.ParseName(string(surnames[n]) + given[n]); err != nil {
		return err
	}
	if r.Phone, err = models.ParsePhone(fmt.Sprintf("139%08d", 45600000+n)); err != nil {
		return err
	}
	for _, p := range models.Purposes() {
		r.Consents = append(r.Consents, models.Consent{Purpose: p, Version: models.ConsentVersion})
	}
	if err := s.Register(s.ctx, account, r); err != nil {
		return err
	}
	me, err := s.Resident(s.ctx, token)
	if err != nil {
		return err
	}
	check := store.NameCheck{ID: s.NameCheckID(), Vendor: "demo"}
	if err := s.OpenNameCheck(s.ctx, me, check); err != nil {
		return err
	}
	if err := s.PassNameCheck(s.ctx, me, check.ID); err != nil {
		return err
	}
	if user == "undeclared" {
		return nil
	}
	_, err = s.Declare(s.ctx, me, store.Key{Value: rand.Text(), Body: []byte("demo")}, models.Declaration{Form: "health", Version: 1, Answers: []byte("{}")})
	return err
}

// knows has an operator draft a peering, as with healthcode peer add, and an officer
// publish it.
func (x *province) knows(ctx context.Context, other *province, version int, mode, more, table string) error {
	file, err := x.peering(other, version, mode, more+table)
	if err != nil {
		return err
	}
	db, err := x.openStore(ctx, time.Now)
	if err != nil {
		return err
	}
	defer db.Close()
	draft, err := db.DraftPeering(ctx, models.Operator("peer add"), []byte(file))
	if err != nil {
		return err
	}
	officer, err := x.officer(ctx, "officer3")
	if err != nil {
		return err
	}
	return officer.ask(ctx, http.MethodPost, "/v1/drafts/"+draft.ID+"/publication", nil, nil)
}

// agrees has one officer draft a peering and another publish it, as they do in the
// console. The first cannot do both.
func (x *province) agrees(ctx context.Context, other *province, table string) error {
	file, err := x.peering(other, 1, "share", table)
	if err != nil {
		return err
	}
	drafter, err := x.officer(ctx, "officer3")
	if err != nil {
		return err
	}
	colleague, err := x.officer(ctx, "officer4")
	if err != nil {
		return err
	}
	var draft struct{ ID string }
	if err := drafter.ask(ctx, http.MethodPost, "/v1/drafts", map[string]string{"kind": "peering", "body": file}, &draft); err != nil {
		return err
	}
	publish := "/v1/drafts/" + draft.ID + "/publication"
	if err := want(drafter.ask(ctx, http.MethodPost, publish, nil, nil), "draft.own"); err != nil {
		return err
	}
	if err := colleague.ask(ctx, http.MethodPost, publish, nil, nil); err != nil {
		return err
	}
	var list struct {
		Mappings []struct{ Peer, Drafted, Published string }
	}
	err = newPhone(x.service()).ask(ctx, http.MethodGet, "/v1/peer/mappings", nil, &list)
	if err == nil && (len(list.Mappings) != 1 || list.Mappings[0].Drafted != "浙江省疫情防控办一" || list.Mappings[0].Published != "浙江省疫情防控办二") {
		err = fmt.Errorf("everybody reads %+v", list)
	}
	return err
}

// peering is the file by which this one goes by the other's codes.
func (x *province) peering(other *province, version int, mode, rest string) (string, error) {
	keys, err := other.order.vault()
	if err != nil {
		return "", err
	}
	key, err := models.PeerKey(&keys.PeerSigner().PublicKey)
	if err != nil {
		return "", err
	}
	file := fmt.Sprintf("id: peer\nversion: %d\nplace: %q\npeer: %q\nmode: %s\nname: {zh: %s, en: Code of %s}\n%s", version, x.code, other.code, mode, other.name, other.code, rest)
	if mode != "none" {
		file += restOfTable + "pins: [" + models.Fingerprint(key) + "]\n"
	}
	if mode == "share" || mode == "adopt" {
		file += "url: " + other.service() + "\n"
	}
	return file, nil
}

// officer is that officer's console, signed in once.
func (x *province) officer(ctx context.Context, username string) (*phone, error) {
	if x.desks[username] == nil {
		p, m := newPhone(x.service()), x.city.member(username)
		code, err := m.code(time.Now())
		if err != nil {
			return nil, err
		}
		if err := p.ask(ctx, http.MethodPost, "/v1/staff/session", map[string]string{"username": m.Username, "password": m.Password, "code": code}, nil); err != nil {
			return nil, err
		}
		x.desks[username] = p
	}
	return x.desks[username], nil
}

// phone is that user's, signed in anew.
func (x *province) phone(ctx context.Context, user string) (*phone, error) {
	p := newPhone(x.service())
	var out struct{ Token string }
	err := p.ask(ctx, http.MethodPost, "/v1/login", map[string]string{"platform": "wechat", "code": x.open("wechat", user)}, &out)
	p.token = out.Token
	return p, err
}

// show is what that phone's screen says.
func (x *province) show(ctx context.Context, user string) (string, error) {
	p, err := x.phone(ctx, user)
	if err != nil {
		return "", err
	}
	return p.show(ctx)
}

func (x *province) declare(ctx context.Context, user string, answers func(*story) (string, map[string]any)) error {
	p, err := x.phone(ctx, user)
	if err != nil {
		return err
	}
	form, values := answers(nil)
	return p.ask(ctx, http.MethodPost, "/v1/declarations", map[string]any{"form": form, "version": 1, "answers": values}, nil, header{"Idempotency-Key", rand.Text()})
}

// atExit is the guard's phone, standing at the motorway exit.
func (x *province) atExit(ctx context.Context) (*phone, error) {
	p, m := newPhone(x.service()), x.city.member("guard")
	code, err := m.code(time.Now())
	if err != nil {
		return nil, err
	}
	if err := p.ask(ctx, http.MethodPost, "/v1/staff/session", map[string]string{"username": m.Username, "password": m.Password, "code": code}, nil); err != nil {
		return nil, err
	}
	return p, p.ask(ctx, http.MethodPost, "/v1/gate", map[string]string{"venue": x.city.Venue}, nil)
}
