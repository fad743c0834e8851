package handlers

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/platform"
)

// HostedIdentifier is an [Identifier] of a plugin whose codes are its host's.
type HostedIdentifier interface {
	IdentifyIn(ctx context.Context, host, code string) (platform.Identity, error)
}

// PhoneReader reads the number that a platform vouches for: WeChat for a code of
// the phone button's, Alipay for a message that my.getPhoneNumber gave.
type PhoneReader interface {
	Phone(ctx context.Context, proof string) (models.Phone, error)
}

// Templates are the messages that a platform lets a mini-program ask leave for.
type Templates struct {
	IDs     []string // at most three, which is how many both apps ask for at once
	ForGood bool     // of the long-term kind
}

type phoneInput struct {
	Code    string `json:"code"`    // WeChat's
	Message string `json:"message"` // Alipay's
}

type phoneOutput struct {
	Phone string `json:"phone"` // masked
}

// phone takes the number that the platform gives when the resident presses its
// button. It stays with the account until they register.
func (a *api) phone(c *gin.Context, me models.Account) error {
	in, err := bind[phoneInput](c)
	if err != nil {
		return err
	}
	reader, can := a.Phones[me.Platform]
	if !can {
		return models.Refuse(models.ReasonLoginPlatform)
	}
	if err := a.limits.route("phone", me.ID); err != nil {
		return err
	}
	proof := in.Code
	if me.Platform == platform.Alipay {
		proof = in.Message
	}
	number, err := reader.Phone(c.Request.Context(), proof)
	if err != nil {
		return err
	}
	if err := a.Store.ClaimPhone(c.Request.Context(), me, number); err != nil {
		return err
	}
	c.JSON(http.StatusOK, phoneOutput{number.String()})
	return nil
}

type templatesOutput struct {
	Templates []string `json:"templates"`
}

// templates are those that the shell may ask leave for.
func (a *api) templates(c *gin.Context, me models.Account) error {
	c.JSON(http.StatusOK, templatesOutput{append([]string{}, a.Templates[me.Platform].IDs...)})
	return nil
}

type subscriptionInput struct {
	Accepted []string `json:"accepted"`
}

// subscribe writes down what the resident agreed to receive.
func (a *api) subscribe(c *gin.Context, me models.Account) error {
	in, err := bind[subscriptionInput](c)
	if err != nil {
		return err
	}
	ours := a.Templates[me.Platform]
	for _, id := range in.Accepted {
		if !slices.Contains(ours.IDs, id) {
			return models.Refuse(models.ReasonFieldBad).On("accepted")
		}
	}
	if len(in.Accepted) == 0 {
		return done(c)
	}
	if err := a.Store.Subscribe(c.Request.Context(), me, in.Accepted, ours.ForGood); err != nil {
		return err
	}
	return done(c)
}
