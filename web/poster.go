package web

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/skip2/go-qrcode"

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
	code, err := posterCode(url)
	return PosterPage{Page: p, Venue: v.Name, URL: url, Code: code}, err
}

// posterCode draws a QR code as SVG. A door's code hangs in sun and rain, so a
// quarter of it may be lost (level Q of ISO/IEC 18004, which the library calls
// High). The picture has no colours of its own and prints black on white.
func posterCode(text string) (template.HTML, error) {
	code, err := qrcode.New(text, qrcode.High)
	if err != nil {
		return "", fmt.Errorf("poster: %w", err)
	}
	grid := code.Bitmap() // with its quiet zone
	var path strings.Builder
	for y, row := range grid {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return template.HTML(fmt.Sprintf(`<svg class="poster-code" viewBox="0 0 %d %d" shape-rendering="crispEdges" aria-hidden="true">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`, len(grid), len(grid), len(grid), len(grid), path.String())), nil
}

// Steps are what the poster tells people to do, in that language.
func (p PosterPage) Steps(language string) []string {
	return []string{p.In(language, "poster.step.1"), p.In(language, "poster.step.2"), p.In(language, "poster.step.3")}
}
