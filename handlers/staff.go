package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
)

type staffSessionInput struct {
	Username string `json:"username"`
	Password string `json:"password"`
	Code     string `json:"code"`
}

type staffSessionOutput struct {
	Role string `json:"role"`
}

// staffLogin begins a member of staff's session. Guessing is slowed down both by
// where it comes from and by whose account it is.
func (a *api) staffLogin(c *gin.Context) error {
	in, err := bind[staffSessionInput](c)
	if err != nil {
		return err
	}
	for _, who := range []string{c.ClientIP(), "user " + in.Username} {
		if err := a.limits.route("staff", who); err != nil {
			return err
		}
	}
	ctx := c.Request.Context()
	token, err := a.Store.SignInStaff(ctx, store.StaffSignIn{Username: in.Username, Password: in.Password, Code: in.Code, Device: c.Request.UserAgent()})
	if err != nil {
		return err
	}
	me, err := a.Store.Staff(ctx, token)
	if err != nil {
		return err
	}
	signIn(c, staffCookie, token)
	c.JSON(http.StatusOK, staffSessionOutput{Role: string(me.Role)})
	return nil
}

// staffLogout ends it.
func (a *api) staffLogout(c *gin.Context, me models.Staff) error {
	if err := a.Store.SignOut(c.Request.Context(), me.Actor(), me.SessionID); err != nil {
		return err
	}
	signIn(c, staffCookie, "")
	return done(c)
}

type invitationInput struct {
	Role         string   `json:"role"`
	Display      string   `json:"display"`
	Jurisdiction string   `json:"jurisdiction"`
	Communities  []string `json:"communities"`
	Venue        string   `json:"venue"`
}

type invitationOutput struct {
	URL string `json:"url"`
}

// invite makes the link with which a new member of staff joins. The token stands
// in the fragment, which no server is sent.
func (a *api) invite(c *gin.Context, by models.Administrator) error {
	in, err := bind[invitationInput](c)
	if err != nil {
		return err
	}
	token, err := a.Store.Invite(c.Request.Context(), by, models.Staff{Role: models.Role(in.Role), Display: in.Display,
		Jurisdiction: in.Jurisdiction, Communities: in.Communities, VenueID: in.Venue})
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, invitationOutput{URL: a.Origin + "/staff/join#" + token})
	return nil
}

type invitationTokenInput struct {
	Token string `json:"token"`
}

type factorOutput struct {
	Role   string `json:"role"`
	Secret string `json:"secret"`
	URL    string `json:"url"`
}

// openInvitation shows its holder the second factor to set up.
func (a *api) openInvitation(c *gin.Context) error {
	if err := a.limits.route("invitation", c.ClientIP()); err != nil {
		return err
	}
	in, err := bind[invitationTokenInput](c)
	if err != nil {
		return err
	}
	factor, err := a.Store.InvitationFactor(c.Request.Context(), in.Token)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, factorOutput{Role: string(factor.Role), Secret: factor.Secret, URL: factor.URL})
	return nil
}

type acceptanceInput struct {
	Token    string        `json:"token"`
	Username string        `json:"username"`
	Password string        `json:"password"`
	Code     string        `json:"code"`
	Document documentInput `json:"document"`
}

// acceptInvitation makes its holder a member of staff.
func (a *api) acceptInvitation(c *gin.Context) error {
	if err := a.limits.route("invitation", c.ClientIP()); err != nil {
		return err
	}
	in, err := bind[acceptanceInput](c)
	if err != nil {
		return err
	}
	accepted := store.Acceptance{Token: in.Token, Username: in.Username, Password: in.Password, Code: in.Code}
	if in.Document != (documentInput{}) {
		var ps models.Problems
		accepted.Document = a.document(in.Document, &ps)
		if err := ps.Err(); err != nil {
			return err
		}
	}
	if err := a.Store.Accept(c.Request.Context(), accepted); err != nil {
		return err
	}
	return done(c)
}

type tokenOutput struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
}

// clientToken gives a client an access token (RFC 6749, section 4.4).
func (a *api) clientToken(c *gin.Context) error {
	if err := a.limits.route("client", c.ClientIP()); err != nil {
		return err
	}
	id, secret, ok := c.Request.BasicAuth()
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, bodyLimit)
	if !ok || c.PostForm("grant_type") != "client_credentials" {
		return models.Refuse(models.ReasonLoginClient)
	}
	token, err := a.Store.SignInClient(c.Request.Context(), id, secret)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, tokenOutput{AccessToken: token, TokenType: "Bearer", ExpiresIn: int(time.Hour / time.Second)})
	return nil
}
