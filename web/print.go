package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/skip2/go-qrcode"

	"healthcode/models"
)

// PrintPage is what an ordinary camera opens when it is pointed at a printed card.
type PrintPage struct{ Page }

// PrintHeld is a printed card as its owner sees it.
type PrintHeld struct {
	models.Print
	Counts bool // it can be ended
}

// PrintsHeld are their cards, at that instant.
func PrintsHeld(cards []models.Print, now time.Time) []PrintHeld {
	list := make([]PrintHeld, len(cards))
	for i, card := range cards {
		list[i] = PrintHeld{card, card.Check(now) == nil}
	}
	return list
}

// State is the key of what became of the card.
func (p PrintHeld) State() string {
	switch {
	case p.Counts:
		return "print.counts"
	case p.EndedAt.IsZero():
		return "print.expired"
	case p.Ended == "":
		return "print.ended"
	}
	return "print.ended." + string(p.Ended)
}

// PrintRow is a line of the card: what it is called, in both languages, and which part
// of the service's answer stands there.
type PrintRow struct{ Label, Field string }

// PrintRows are the lines of the card. It is for whoever reads it: everything on it is
// said in Chinese and in English, whatever the language of the worker.
func (OnBehalfPage) PrintRows() []PrintRow {
	var list []PrintRow
	for _, field := range []string{"name", "document", "community", "phone", "made", "until"} {
		list = append(list, PrintRow{"print.card." + field, field})
	}
	return list
}

// Drawing is a QR code as a path of SVG, in modules with the quiet zone around them.
type Drawing struct {
	Size int    `json:"size"`
	Path string `json:"path"`
}

// Draw draws the QR code of something that is printed: a quarter of it may be lost, in
// sun and rain or in a wallet (level Q of ISO/IEC 18004, which the library calls High).
func Draw(text string) (Drawing, error) {
	code, err := qrcode.New(text, qrcode.High)
	if err != nil {
		return Drawing{}, fmt.Errorf("draw: %w", err)
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
	return Drawing{len(grid), path.String()}, nil
}

// SVG is the drawing as a picture. It has no colours of its own and prints black on
// white.
func (d Drawing) SVG(class string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges" aria-hidden="true">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`, class, d.Size, d.Size, d.Size, d.Size, d.Path))
}
