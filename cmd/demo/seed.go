package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pquerna/otp/totp"

	"healthcode/models"
	"healthcode/models/store"
)

// city is what the demo must remember of the city that it seeded: who can log in
// and as whom. It is kept beside the database.
type city struct {
	Communities  []string
	Venue        string
	Poster       string
	Station      string // the gateway
	Staff        []member
	ClientID     string
	ClientSecret string
	People       []person
	Reviews      []string // those that were seeded, which the story leaves alone
}

// member is a seeded member of staff.
type member struct {
	Username, Password, Secret string
	Role                       models.Role
}

// person is somebody who can be switched to: a user of one of the two apps.
type person struct {
	Platform, User, Says string
}

// code is the member's second factor at that moment.
func (m member) code(at time.Time) (string, error) { return totp.GenerateCode(m.Secret, at) }

func (c city) member(username string) member {
	i := slices.IndexFunc(c.Staff, func(m member) bool { return m.Username == username })
	return c.Staff[i]
}

func (c city) seeded(review string) bool { return slices.Contains(c.Reviews, review) }

var shanghai = func() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err) // the zones are in the program
	}
	return zone
}()

// residentID makes the n-th sample number of a mainland identity card: real in
// its form (GB 11643), of a birth date and a sequence that nobody registered.
func residentID(n int) string {
	digits := fmt.Sprintf("330110%d%02d%02d%03d", 1950+n%50, 1+n%12, 1+n%28, n%1000)
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(digits[i]-'0')
	}
	return digits + string("10X98765432"[sum%11])
}

var by = models.Operator("demo")

// seeder puts a city into an empty store. Its clock is its own, so that things
// can have happened days ago.
type seeder struct {
	*store.Store
	ctx context.Context
	now *time.Time
	w   *world
	c   city

	workers []models.Worker // by community
}

// seed makes the city, through the store's own methods and both login adapters.
func (w *world) seed(ctx context.Context) error {
	now := time.Now().UTC().Add(-20 * 24 * time.Hour)
	s, err := w.openStore(ctx, func() time.Time { return now })
	if err != nil {
		return err
	}
	defer s.Close()
	seeder := &seeder{Store: s, ctx: ctx, now: &now, w: w}
	for _, part := range []func() error{seeder.places, seeder.staff, seeder.listings, seeder.residents, seeder.registry} {
		if err := part(); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	w.city = seeder.c
	return w.remember()
}

func (w *world) remember() error {
	b, err := json.MarshalIndent(w.city, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.data, "city.json"), b, 0o600)
}

func (w *world) recall() error {
	b, err := os.ReadFile(filepath.Join(w.data, "city.json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(b, &w.city)
}

func words(zh, en string) models.Text { return models.Text{models.Chinese: zh, models.English: en} }

// The part of GB/T 2260 that the demo's city knows.
var tree = []models.Jurisdiction{
	{Code: "330000", Name: words("浙江省", "Zhejiang")},
	{Code: "330100", Parent: "330000", Name: words("杭州市", "Hangzhou")},
	{Code: "330106", Parent: "330100", Name: words("西湖区", "Xihu District")},
	{Code: "330110", Parent: "330100", Name: words("余杭区", "Yuhang District")},
	{Code: "330200", Parent: "330000", Name: words("宁波市", "Ningbo")},
	{Code: "330300", Parent: "330000", Name: words("温州市", "Wenzhou")},
	{Code: "310000", Name: words("上海市", "Shanghai")},
	{Code: "320100", Name: words("南京市", "Nanjing")},
	{Code: "420000", Name: words("湖北省", "Hubei")},
	{Code: "420100", Parent: "420000", Name: words("武汉市", "Wuhan")},
	{Code: "230100", Name: words("哈尔滨市", "Harbin")},
}

var communities = []models.Community{
	{Jurisdiction: "330110", Name: words("良渚文化村社区", "Liangzhu Village"), Phone: "0571-88880001"},
	{Jurisdiction: "330110", Name: words("仓前街道太炎社区", "Taiyan, Cangqian"), Phone: "0571-88880002"},
	{Jurisdiction: "330106", Name: words("古荡街道嘉绿苑社区", "Jialüyuan, Gudang"), Phone: "0571-88880003"},
	{Jurisdiction: "330106", Name: words("翠苑街道", "Cuiyuan"), Phone: "0571-88880004"},
}

var venues = []models.Text{
	words("良渚农贸市场", "Liangzhu Market"), words("余杭区行政服务中心", "Yuhang Service Centre"),
	words("地铁2号线良渚站", "Liangzhu Metro Station"), words("第一人民医院良渚院区", "First People's Hospital, Liangzhu"),
}

func (s *seeder) places() error {
	for _, j := range tree {
		j.TimeZone = "Asia/Shanghai"
		if err := s.AddJurisdiction(s.ctx, by, j); err != nil {
			return err
		}
	}
	for _, c := range communities {
		id, err := s.AddCommunity(s.ctx, by, c)
		if err != nil {
			return err
		}
		s.c.Communities = append(s.c.Communities, id)
	}
	for i, name := range venues {
		v, err := s.AddVenue(s.ctx, by, models.Venue{Jurisdiction: "330110", CommunityID: s.c.Communities[0], Name: name})
		if err != nil {
			return err
		}
		if i == 0 {
			s.c.Venue, s.c.Poster = v.ID, v.Poster
		}
	}
	station, err := s.AddVenue(s.ctx, by, models.Venue{Jurisdiction: "330110", CommunityID: s.c.Communities[1], Kind: models.VenueStation,
		Name: words("杭州西站", "Hangzhou West Station")})
	s.c.Station = station.ID
	return err
}

// listings are proposed by one epidemiologist of the province and agreed to by the
// other.
func (s *seeder) listings() error {
	first, err := s.signIn("epi")
	if err != nil {
		return err
	}
	second, err := s.signIn("epi2")
	if err != nil {
		return err
	}
	lister, err := s.Epidemiologist(s.ctx, first)
	if err != nil {
		return err
	}
	agrees, err := s.Proposer(s.ctx, second)
	if err != nil {
		return err
	}
	for _, l := range []models.Listing{{Place: "420100", Level: models.LevelHigh}, {Place: "230100", Level: models.LevelMedium}} {
		l.From = s.now.Add(-24 * time.Hour)
		p, err := s.List(s.ctx, lister, l, "国务院联防联控机制通报")
		if err != nil {
			return err
		}
		if err := s.Agree(s.ctx, agrees, p.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) staff() error {
	for _, m := range []struct {
		username string
		in       models.Staff
	}{
		{"admin", models.Staff{Role: models.RoleAdministrator, Display: "余杭区管理员"}},
		{"worker", models.Staff{Role: models.RoleWorker, Display: "良渚社区网格员", Communities: s.c.Communities[:2]}},
		{"worker2", models.Staff{Role: models.RoleWorker, Display: "古荡社区网格员", Jurisdiction: "330106", Communities: s.c.Communities[2:]}},
		{"worker3", models.Staff{Role: models.RoleWorker, Display: "良渚社区网格员二", Communities: s.c.Communities[:2]}},
		{"officer", models.Staff{Role: models.RoleOfficer, Display: "余杭区疫情防控办一"}},
		{"officer2", models.Staff{Role: models.RoleOfficer, Display: "余杭区疫情防控办二"}},
		{"lead", models.Staff{Role: models.RoleLead, Display: "余杭区指挥部一"}},
		{"lead2", models.Staff{Role: models.RoleLead, Display: "余杭区指挥部二"}},
		{"epi", models.Staff{Role: models.RoleEpidemiologist, Display: "浙江省疾控流调一", Jurisdiction: "330000"}},
		{"epi2", models.Staff{Role: models.RoleEpidemiologist, Display: "浙江省疾控流调二", Jurisdiction: "330000"}},
		{"auditor", models.Staff{Role: models.RoleAuditor, Display: "杭州市监督员", Jurisdiction: "330100"}},
		{"guard", models.Staff{Role: models.RoleGuard, Display: "良渚农贸市场值守", VenueID: s.c.Venue}},
		{"guard2", models.Staff{Role: models.RoleGuard, Display: "良渚地铁站值守"}},
		{"guard3", models.Staff{Role: models.RoleGuard, Display: "杭州西站值守", VenueID: s.c.Station}},
		{"officer3", models.Staff{Role: models.RoleOfficer, Display: "浙江省疫情防控办一", Jurisdiction: "330000"}},
		{"officer4", models.Staff{Role: models.RoleOfficer, Display: "浙江省疫情防控办二", Jurisdiction: "330000"}},
	} {
		if m.in.Jurisdiction == "" {
			m.in.Jurisdiction = "330110"
		}
		if err := s.hire(m.username, m.in); err != nil {
			return err
		}
	}
	*s.now = s.now.Add(time.Minute)
	for i := range s.c.Communities {
		by, err := s.deskOf([]string{"worker", "worker", "worker2", "worker2"}[i])
		if err != nil {
			return err
		}
		s.workers = append(s.workers, by)
	}
	return nil
}

// signIn begins a session of a seeded member of staff.
func (s *seeder) signIn(username string) (token string, err error) {
	*s.now = s.now.Add(time.Minute)
	m := s.c.member(username)
	code, err := m.code(*s.now)
	if err != nil {
		return "", err
	}
	return s.SignInStaff(s.ctx, store.StaffSignIn{Username: username, Password: m.Password, Code: code, Device: "demo"})
}

// deskOf signs a seeded worker in.
func (s *seeder) deskOf(username string) (models.Worker, error) {
	token, err := s.signIn(username)
	if err != nil {
		return models.Worker{}, err
	}
	return s.Worker(s.ctx, token)
}

func (s *seeder) hire(username string, in models.Staff) error {
	invitation, err := s.OperatorInvite(s.ctx, by, in)
	if err != nil {
		return err
	}
	factor, err := s.InvitationFactor(s.ctx, invitation)
	if err != nil {
		return err
	}
	m := member{Username: username, Password: username + "-of-liangzhu", Secret: factor.Secret, Role: in.Role}
	code, err := m.code(*s.now)
	if err != nil {
		return err
	}
	a := store.Acceptance{Token: invitation, Username: username, Password: m.Password, Code: code}
	if in.Role.Judges() {
		if a.Document, err = s.document(900 + len(s.c.Staff)); err != nil {
			return err
		}
	}
	s.c.Staff = append(s.c.Staff, m)
	return s.Accept(s.ctx, a)
}

func (s *seeder) document(n int) (models.Document, error) {
	return models.ParseDocument(models.DocumentResidentID, residentID(n), *s.now)
}

func (s *seeder) registry() error {
	var err error
	s.c.ClientID, s.c.ClientSecret, err = s.AddClient(s.ctx, by, "浙江省预防接种信息系统", "330110")
	if err != nil {
		return err
	}
	*s.now = time.Now().UTC()
	for _, id := range s.c.Communities {
		queue, err := s.For(models.Worker{Staff: models.Staff{Communities: []string{id}}}).Queue(s.ctx, "")
		if err != nil {
			return err
		}
		for _, r := range queue {
			s.c.Reviews = append(s.c.Reviews, r.ID)
		}
	}
	return nil
}
