package web

import (
	"fmt"
	"strings"
	"time"

	"healthcode/models"
	"healthcode/models/rules"
)

// TravelPage is the travel card as it is shown to a crowd, as the code is.
type TravelPage struct {
	Page
	Name     string // masked
	Document string // masked
	Verified bool
	Card     CardView
	Reasons  []Reasoned
	Pass     PassData
}

// CardPassPage is what an ordinary camera opens when it is pointed at a card.
type CardPassPage struct{ Page }

// CardView is a travel card in the reader's words.
type CardView struct {
	Colour models.Colour
	Word   string // of the colour
	Say    string // what it means
	Stayed string // what stands above the cities
	Cities []CityView
	Note   string // what the asterisk says; "" if none is there
	Until  time.Time
}

// CityView is a city on a card.
type CityView struct {
	Code, Name string
	Starred    bool
}

// NewCardView puts a card into the reader's words. It names cities and nothing smaller.
func NewCardView(language string, card models.Card) CardView {
	out := CardView{Colour: card.Colour, Until: card.Until,
		Word: Text(language, fmt.Sprintf("travel.colour.%s", card.Colour)), Say: Text(language, fmt.Sprintf("travel.say.%s", card.Colour))}
	days := rules.Parameter{Value: fmt.Sprintf("%dd", card.Terms.Days)}.In(language)
	stay := rules.Parameter{Value: fmt.Sprintf("%dh", int(card.Terms.Stay.Hours()))}.In(language)
	out.Stayed = Text(language, "travel.stayed", "days", days, "stay", stay)
	if len(card.Places) == 0 {
		out.Stayed = Text(language, "travel.none", "days", days, "stay", stay)
	}
	for _, p := range card.Places {
		city := CityView{Code: p.Place, Name: p.Place, Starred: card.Starred(p)}
		if known, ok := models.Division(p.Place); ok {
			city.Name = known.Name.In(language)
		}
		if city.Starred {
			out.Note = Text(language, "travel.starred")
		}
		out.Cities = append(out.Cities, city)
	}
	return out
}

// Shown is the cities by their codes, for the page to find out whether they are others
// by now.
func (v CardView) Shown() string {
	words := make([]string, len(v.Cities))
	for i, city := range v.Cities {
		words[i] = city.Code
		if city.Starred {
			words[i] += "*"
		}
	}
	return strings.Join(words, " ")
}
