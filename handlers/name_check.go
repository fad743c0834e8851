package handlers

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/platform"
)

// NameChecker checks a real name by the platform's own means: a face, held
// against the state's picture of it. No picture passes through the service.
type NameChecker interface {
	StartNameCheck(ctx context.Context, c platform.NameCheck) (platform.NameStarted, error)
	NameVerified(ctx context.Context, c platform.NameCheck) (bool, error)
}

type nameCheckOutput struct {
	ID     string `json:"id"`
	Vendor string `json:"vendor"`        // what wx.requestFacialVerify or startBizService takes
	URL    string `json:"url,omitempty"` // of Alipay's page
}

type nameVerdictOutput struct {
	Verified bool `json:"verified"`
}

// beginNameCheck begins a check of the name and document that the resident has
// registered. Whoever passes it needs no worker to look at the document.
func (a *api) beginNameCheck(c *gin.Context, me models.Resident) error {
	ctx := c.Request.Context()
	checker, check, err := a.nameCheck(ctx, me)
	if err != nil {
		return err
	}
	if err := a.limits.route("name check", me.ID); err != nil {
		return err
	}
	check.Order = a.Store.NameCheckID()
	started, err := checker.StartNameCheck(ctx, check)
	if err != nil {
		return err
	}
	if err := a.Store.OpenNameCheck(ctx, me, store.NameCheck{ID: check.Order, Vendor: started.Vendor}); err != nil {
		return err
	}
	c.JSON(http.StatusCreated, nameCheckOutput{ID: check.Order, Vendor: started.Vendor, URL: started.URL})
	return nil
}

// nameCheck is what is asked of the resident's platform.
func (a *api) nameCheck(ctx context.Context, me models.Resident) (NameChecker, platform.NameCheck, error) {
	who, err := a.Store.Identity(ctx, me.AccountID)
	if err != nil {
		return nil, platform.NameCheck{}, err
	}
	checker, can := a.Names[who.Platform]
	switch {
	case me.Verified:
		err = models.Refuse(models.ReasonNameCheckDone)
	case !can:
		err = models.Refuse(models.ReasonLoginPlatform)
	case me.Document.Type != models.DocumentResidentID:
		err = models.Refuse(models.ReasonNameCheckKind)
	}
	return checker, platform.NameCheck{Name: me.Name, Document: me.Document, OpenID: who.OpenID}, err
}

// endNameCheck asks the platform how the check went, again and again if need be:
// until it is passed, the answer is that it is not. The phone's own word for it
// counts nothing.
func (a *api) endNameCheck(c *gin.Context, me models.Resident) error {
	ctx := c.Request.Context()
	held, err := a.Store.NameCheck(ctx, me, c.Param("id"))
	if err != nil {
		return err
	}
	if held.Passed {
		c.JSON(http.StatusOK, nameVerdictOutput{true})
		return nil
	}
	checker, check, err := a.nameCheck(ctx, me)
	if err != nil {
		return err
	}
	check.Order, check.Vendor = held.ID, held.Vendor
	passed, err := checker.NameVerified(ctx, check)
	if err != nil {
		return err
	}
	if passed {
		err = a.Store.PassNameCheck(ctx, me, held.ID)
	}
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, nameVerdictOutput{passed})
	return nil
}
