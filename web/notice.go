package web

import (
	"time"

	"healthcode/models"
)

// NoticesPage is everything that its reader was told, the latest first.
type NoticesPage struct {
	Page
	Notices []NoticeView
}

// Unread is the id of the newest that is not read yet, "" if there is none.
func (p NoticesPage) Unread() string {
	for _, n := range p.Notices {
		if !n.Read {
			return n.ID
		}
	}
	return ""
}

// NoticeView is a notice in the reader's words.
type NoticeView struct {
	ID      string
	At      time.Time
	Read    bool
	Colour  string // "" unless it tells of one
	Say     string
	Reasons []string // why, of a change of colour
	Words   string   // what the worker said, of a judgement
	Appeal  bool     // it is about an appeal
}

// Changed says which colour a code has now, and which it had, if that is known.
func Changed(language string, from, to models.Colour) string {
	now := Text(language, "notices.colour."+to.String())
	if !from.Valid() {
		return Text(language, "notices.now", "to", now)
	}
	return Text(language, "notices.changed", "from", Text(language, "notices.colour."+from.String()), "to", now)
}

// Judged says what became of a review.
func Judged(language string, r models.Review) string {
	return Text(language, "notices.judged."+string(r.Kind), "state", reviewState(language, r))
}

// ColourMessage is what an app's own message says when the colour changes: what,
// when and what to do. It stands on a locked screen that others see too, so it
// says nothing about anybody. Both apps show it in Chinese.
func ColourMessage(c models.Colour, at time.Time) [3]string {
	return message("notices.message.colour_do", Text(models.Chinese, "notices.message.colour."+c.String()), at)
}

// ReviewMessage is the same of a judgement.
func ReviewMessage(r models.Review, at time.Time) [3]string {
	what, state := Text(models.Chinese, "review."+string(r.Kind)), reviewState(models.Chinese, r)
	return message("notices.message.review_do", Text(models.Chinese, "notices.message.review", "what", what, "state", state), at)
}

func message(do, what string, at time.Time) [3]string {
	return [3]string{what, at.Format("2006-01-02 15:04"), Text(models.Chinese, do)}
}
