package web

import (
	"html/template"

	"healthcode/models"
)

// PosterPage is the sheet that hangs at a venue's door. Whatever the reader's
// language, it says everything in Chinese and in English: it is for those who pass.
type PosterPage struct {
	Page
	Venue     models.Text
	Community models.Text // who looks after the venue
	Phone     string      // of the community
	URL       string      // what the code says: the door's page with the poster in its fragment
	Code      template.HTML
}

// NewPosterPage draws the poster's code. It fails when the URL does not fit one.
func NewPosterPage(p Page, v models.Venue, url string) (PosterPage, error) {
	code, err := Draw(url)
	return PosterPage{Page: p, Venue: v.Name, URL: url, Code: code.SVG("poster-code")}, err
}

// Steps are what the poster tells people to do, in that language.
func (p PosterPage) Steps(language string) []string {
	return []string{p.In(language, "poster.step.1"), p.In(language, "poster.step.2"), p.In(language, "poster.step.3")}
}
