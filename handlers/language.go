package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"

	"healthcode/models"
)

var languages = language.NewMatcher([]language.Tag{language.Chinese, language.English})

const languageCookie = "lang"

// languageOf is what the reader reads: what they switched to, or what their
// browser asks for, or Chinese.
func languageOf(c *gin.Context) string {
	if chosen := c.Query("lang"); known(chosen) {
		return chosen
	}
	if chosen, err := c.Cookie(languageCookie); err == nil && known(chosen) {
		return chosen
	}
	_, i := language.MatchStrings(languages, c.GetHeader("Accept-Language"))
	return models.Languages()[i]
}

func known(lang string) bool { return lang == models.Chinese || lang == models.English }

// keepLanguage remembers a switch of language.
func keepLanguage(c *gin.Context) {
	if chosen := c.Query("lang"); known(chosen) {
		http.SetCookie(c.Writer, &http.Cookie{Name: languageCookie, Value: chosen, Path: "/", MaxAge: 365 * 24 * 3600,
			Secure: true, SameSite: http.SameSiteLaxMode})
	}
}
