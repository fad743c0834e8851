package main

import (
	"fmt"
	"time"

	"healthcode/models"
	"healthcode/models/store"
)

// life is one sort of resident that the city has several of.
type life struct {
	says string // what the switch of person calls them
	live func(*seeder, resident) error
}

// resident is somebody in the middle of being seeded.
type resident struct {
	models.Resident
	token string
	n     int
}

// sorts is how many lives there are.
const sorts = 12

// lives are all the states that a resident can be in. The first ones are those
// that the demo opens with.
var lives = [sorts]life{
	{"green, vaccinated", green},
	{"green, declared this morning", wellToday},
	{"grey: not checked by a worker yet", pending},
	{"grey: the registration was refused", refusedOnce},
	{"grey: nothing declared", checked},
	{"grey: the declaration has expired", expired},
	{"yellow: a cough", coughing},
	{"yellow: contact with a case", contact},
	{"yellow: was in Harbin (medium risk)", harbin},
	{"red: was in Wuhan (high risk)", wuhan},
	{"green: was yellow, a worker found them well", cleared},
	{"green, no consent to visits", private},
}

var surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
var given = []string{"伟", "芳", "娜", "敏", "静", "秀英", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超", "兰", "霞"}

// residentsSeeded is how many residents the city has.
const residentsSeeded = 108

// residents makes them, in turn of every sort, and in turn in either app.
func (s *seeder) residents() error {
	for i := range residentsSeeded {
		l := lives[i%len(lives)]
		platform := []string{"wechat", "alipay"}[(i/len(lives)+i)%2]
		if err := s.born(i, platform, l); err != nil {
			return fmt.Errorf("%s: %w", l.says, err)
		}
	}
	return nil
}

// born logs a resident in through the app, registers them, and lets them live.
func (s *seeder) born(n int, platform string, l life) error {
	*s.now = time.Now().UTC().Add(-18*24*time.Hour + time.Duration(n)*time.Minute)
	user := fmt.Sprintf("resident-%03d", n)
	who, err := s.w.identify(s.ctx, platform, user)
	if err != nil {
		return err
	}
	token, err := s.SignIn(s.ctx, store.SignIn{Platform: who.Platform, AppID: who.AppID, OpenID: who.OpenID, Device: "demo"})
	if err != nil {
		return err
	}
	me, err := s.Account(s.ctx, token)
	if err != nil {
		return err
	}
	registration, err := s.registration(n)
	if err != nil {
		return err
	}
	if err := s.Register(s.ctx, me, registration); err != nil {
		return err
	}
	if n < 2*len(lives) {
		s.c.People = append(s.c.People, person{platform, user, registration.Name.Reveal() + ": " + l.says})
	}
	r, err := s.Resident(s.ctx, token)
	if err != nil {
		return err
	}
	return l.live(s, resident{r, token, n})
}

func (s *seeder) registration(n int) (models.Registration, error) {
	r := models.Registration{Community: s.c.Communities[home(n)]}
	var err error
	if r.Name, err = models.ParseName(string(surnames[n%len(surnames)]) + given[(n*7)%len(given)]); err != nil {
		return r, err
	}
	if r.Document, err = s.document(n); err != nil {
		return r, err
	}
	if r.Phone, err = models.ParsePhone(fmt.Sprintf("139%08d", 12300000+n)); err != nil {
		return r, err
	}
	for _, p := range models.Purposes() {
		r.Consents = append(r.Consents, models.Consent{Purpose: p, Version: models.ConsentVersion})
	}
	return r, nil
}

// home is the community of the n-th resident: every sort lives in every one.
func home(n int) int { return (n + n/sorts) % len(communities) }

func pending(*seeder, resident) error { return nil }

// judge lets the community's worker decide what waits of this resident.
func (s *seeder) judge(r resident, kind models.ReviewKind, j models.Judgement) error {
	*s.now = s.now.Add(time.Minute)
	desk := s.For(s.workers[home(r.n)])
	queue, err := desk.Queue(s.ctx, "")
	if err != nil {
		return err
	}
	for _, item := range queue {
		if item.ResidentID != r.ID || item.Kind != kind {
			continue
		}
		if _, err := desk.Case(s.ctx, item.ID); err != nil {
			return err
		}
		if err := desk.Claim(s.ctx, item.ID); err != nil {
			return err
		}
		return desk.Judge(s.ctx, item.ID, j)
	}
	return fmt.Errorf("no %s of resident %d waits", kind, r.n)
}

func checked(s *seeder, r resident) error {
	return s.judge(r, models.ReviewRegistration, models.Judgement{Verdict: models.Approve})
}

func refusedOnce(s *seeder, r resident) error {
	return s.judge(r, models.ReviewRegistration, models.Judgement{Verdict: models.Reject, Words: "证件照片与本人不符，请携带证件到社区服务站办理。"})
}

// declared checks the document, and has the resident answer a form that long ago.
func (s *seeder) declared(r resident, ago time.Duration, form string, answers string) error {
	if err := checked(s, r); err != nil {
		return err
	}
	*s.now = time.Now().UTC().Add(-ago)
	me, err := s.Resident(s.ctx, r.token)
	if err != nil {
		return err
	}
	d, err := s.answer(form, answers)
	if err != nil {
		return err
	}
	_, err = s.Declare(s.ctx, me, store.Key{Value: fmt.Sprint("seed ", r.n, form), Body: []byte(answers)}, d)
	return err
}

// answer holds answers against the form, as the service does.
func (s *seeder) answer(form, answers string) (models.Declaration, error) {
	for _, f := range s.FormsIn(models.Root) {
		if f.ID == form {
			given, err := f.Check([]byte(answers), s.now.In(shanghai), func(string) bool { return true })
			if err != nil {
				return models.Declaration{}, err
			}
			return given.Declaration(*s.now, shanghai), nil
		}
	}
	return models.Declaration{}, fmt.Errorf("no form %s", form)
}

const well = `{"temperature":36.5,"symptoms":["none"],"contact":"no","residence":"settled"}`

func wellToday(s *seeder, r resident) error { return s.declared(r, 3*time.Hour, "health", well) }

func expired(s *seeder, r resident) error { return s.declared(r, 17*24*time.Hour, "health", well) }

func green(s *seeder, r resident) error {
	if err := wellToday(s, r); err != nil {
		return err
	}
	var doses []models.Vaccination
	for i, monthsAgo := range []int{8, 7, 1} {
		doses = append(doses, models.Vaccination{Document: r.Document, Name: r.Name, Product: "sinopharm-beijing", Batch: "B202106" + fmt.Sprint(i),
			Dose: i + 1, Date: midnight(time.Now().AddDate(0, -monthsAgo, 0)), Site: "良渚街道社区卫生服务中心"})
	}
	_, err := s.ImportVaccinations(s.ctx, by, doses)
	return err
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func coughing(s *seeder, r resident) error {
	return s.declared(r, 5*time.Hour, "health", `{"temperature":37.0,"symptoms":["cold_like"],"contact":"no","residence":"settled"}`)
}

func contact(s *seeder, r resident) error {
	return s.declared(r, 26*time.Hour, "health", `{"temperature":36.4,"symptoms":["none"],"contact":"yes","residence":"settled"}`)
}

// stayed declares well, and then a stay in that place until the day before
// yesterday.
func (s *seeder) stayed(r resident, place string) error {
	if err := wellToday(s, r); err != nil {
		return err
	}
	me, err := s.Resident(s.ctx, r.token)
	if err != nil {
		return err
	}
	day := func(ago int) string { return time.Now().In(shanghai).AddDate(0, 0, -ago).Format(time.DateOnly) }
	answers := fmt.Sprintf(`{"travelled":"yes","stays":[{"place":%q,"from":%q,"to":%q}]}`, place, day(4), day(2))
	d, err := s.answer("itinerary", answers)
	if err != nil {
		return err
	}
	_, err = s.Declare(s.ctx, me, store.Key{Value: fmt.Sprint("seed stay ", r.n), Body: []byte(answers)}, d)
	return err
}

func harbin(s *seeder, r resident) error { return s.stayed(r, "230100") }

func wuhan(s *seeder, r resident) error { return s.stayed(r, "420100") }

func cleared(s *seeder, r resident) error {
	if err := coughing(s, r); err != nil {
		return err
	}
	return s.judge(r, models.ReviewDeclaration, models.Judgement{Verdict: models.Clear, Words: "上门查看，体温36.6℃，无咳嗽。"})
}

func private(s *seeder, r resident) error {
	if err := wellToday(s, r); err != nil {
		return err
	}
	me, err := s.Resident(s.ctx, r.token)
	if err != nil {
		return err
	}
	return s.WithdrawConsent(s.ctx, me, models.PurposeVisits)
}
