package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
)

type holderOutput struct {
	Name     string `json:"name"`     // masked
	Document string `json:"document"` // masked
	Place    string `json:"place"`    // their community
}

// face is whose code it is, as it stands above the code: for shells and plugins,
// which draw it themselves and ask for it once.
func (a *api) face(c *gin.Context, me models.Linked) error {
	home, err := a.Store.Community(c.Request.Context(), me.CommunityID)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, holderOutput{Name: me.Name.String(), Document: me.Document.Number.String(), Place: home.Name.In(languageOf(c))})
	return nil
}

type placeOutput struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type placesOutput struct {
	Places []placeOutput `json:"places"`
}

// showPlaces lists the places that a declaration can name.
func (a *api) showPlaces(c *gin.Context) error {
	list, err := a.Store.Places(c.Request.Context())
	if err != nil {
		return err
	}
	language := languageOf(c)
	c.JSON(http.StatusOK, placesOutput{each(list, func(j models.Jurisdiction) placeOutput { return placeOutput{j.Code, j.Name.In(language)} })})
	return nil
}
