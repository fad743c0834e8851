package handlers_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"healthcode/models"
)

// colleague hires a second worker: whose code the first one's sign-in has not used up.
func (town *journeyTown) colleague(t *testing.T) {
	t.Helper()
	town.ago.Store(int64(time.Hour))
	town.hire(t, "colleague", models.Staff{Role: models.RoleWorker, Jurisdiction: "330110"}, 998)
	town.ago.Store(0)
}

// declaresContact declares a contact that there never was.
func (j *journey) declaresContact() {
	j.t.Helper()
	j.visit("/declare/health")
	j.fill("[name=temperature]", "36.5")
	j.tick("[name=symptoms][value=none]", "[name=contact][value=yes]", "[name=residence][value=settled]", "[type=submit]")
	j.at("/code")
}

// pictureFile is a file that a phone might hold.
func (j *journey) pictureFile() string {
	j.t.Helper()
	file := filepath.Join(j.t.TempDir(), "ticket.png")
	if err := os.WriteFile(file, []byte(picture(j.t)), 0o600); err != nil {
		j.t.Fatal(err)
	}
	return file
}

// objects goes from the reason to the appeal, first without a word, and sends it with a
// picture.
func (j *journey) objects(file string) {
	j.t.Helper()
	j.visit("/code/why")
	j.look("why, with an appeal")
	j.tick(`[href^="/appeal?decision="]`)
	j.at("/appeal")
	j.says("main", "申报：接触过确诊病例")
	j.look("appeal")
	j.tick("[type=submit]")
	j.await(`document.querySelector("#words-problem").innerText !== ""`)
	j.announced("appeal, no words")
	j.look("appeal, no words")
	j.do(chromedp.SetUploadFiles("#photos", []string{file}))
	j.await(`document.querySelectorAll(".thumbs li").length === 1 && document.querySelector(".thumbs img").naturalWidth > 0`)
	j.do(chromedp.SetUploadFiles("#photos", []string{file}))
	j.await(`document.querySelectorAll(".thumbs li").length === 2`)
	j.look("appeal, pictures")
	j.tick(".thumbs li:last-child button")
	j.await(`document.querySelectorAll(".thumbs li").length === 1`)
	j.fill("#words", "我选错了，最近没有接触过任何病例，附上车票。")
	j.tick("[type=submit]")
	j.at("/appeals")
}

// TestJourneyAppeal: somebody is yellow by a mistake of their own, objects with a
// picture, and is green when a worker has looked.
func TestJourneyAppeal(t *testing.T) {
	t.Parallel()
	town := newJourneyTown(t)
	town.colleague(t)
	r := town.resident(t, 11, "郑十一")
	town.approve(t, "registration")
	r.declaresContact()
	r.objects(r.pictureFile())
	r.says("#said", "申诉已提交")
	r.says("main", "社区将在")
	r.await(`document.querySelector(".thumbs img").naturalWidth > 0`)
	r.announced("appeals, sent")
	r.look("appeals, sent")

	worker := newJourney(t, "browser", town.URL)
	worker.signIn(town, "colleague", "/console")
	worker.tick(`[data-claim][aria-label*="申诉"]`)
	worker.await(`location.pathname.startsWith("/console/reviews/") && document.readyState === "complete"`)
	worker.says("main", "附上车票")
	worker.await(`document.querySelector(".thumbs img").naturalWidth > 0`)
	worker.look("review, appeal")
	worker.tick("[data-enlarge]")
	worker.await(`document.querySelector("#enlarged").open && document.querySelector("#enlarged img").naturalWidth > 0`)
	worker.look("review, picture")
	worker.tick("[data-shut]")
	worker.fill("[name=words]", "已核实，填报有误，现予撤销。")
	worker.tick("[value=grant]")
	worker.await(`document.querySelector("#judgement [role=alert]").innerText !== ""`)
	worker.look("review, nothing chosen")
	worker.tick("[data-fact]")
	worker.tick("[value=grant]")
	worker.at("/console")
	worker.says("#status", "申诉成立")
	worker.announced("console, granted")

	r.visit("/")
	r.says(".notice", "绿码")
	r.code("green")
	r.visit("/notices")
	r.says("main", "您的申诉：申诉成立。")
	r.look("notices, granted")
	r.tick(`[href="/appeals"]`)
	r.at("/appeals")
	r.says("main", "已核实，填报有误，现予撤销。")
	r.look("appeals, granted")
	r.visit("/appeals?lang=en")
	r.look("appeals, English")
	r.fine()
	worker.fine()
}
