package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
)

type documentInput struct {
	Type   string `json:"type"`
	Number string `json:"number"`
}

// document reads a document and collects what is wrong with it.
func (a *api) document(in documentInput, ps *models.Problems) models.Document {
	d, err := models.ParseDocument(models.DocumentType(in.Type), in.Number, a.Now().In(a.Zone))
	ps.Add("document", err)
	return d
}

type consentInput struct {
	Purpose string `json:"purpose"`
	Version int    `json:"version"`
}

func (in consentInput) consent() models.Consent {
	return models.Consent{Purpose: models.Purpose(in.Purpose), Version: in.Version}
}

type registrationInput struct {
	Name      string         `json:"name"`
	Document  documentInput  `json:"document"`
	Phone     string         `json:"phone"`
	Community string         `json:"community"`
	Guardian  string         `json:"guardian"`
	Consents  []consentInput `json:"consents"`
}

type statusOutput struct {
	Status string `json:"status"`
}

// register takes down who somebody says they are. The answer is the same
// whatever is known about the document already.
func (a *api) register(c *gin.Context, me models.Account) error {
	in, err := bind[registrationInput](c)
	if err != nil {
		return err
	}
	claimed, err := a.Store.ClaimedPhone(c.Request.Context(), me)
	if err != nil {
		return err
	}
	r, err := a.registration(in, claimed)
	if err != nil {
		return err
	}
	if err := a.limits.route("registration", me.ID); err != nil {
		return err
	}
	if err := a.Store.Register(c.Request.Context(), me, r); err != nil {
		return err
	}
	c.JSON(http.StatusAccepted, statusOutput{"under_review"})
	return nil
}

// registration tells everything that is wrong with it at once. The number that
// the platform gave stands in for one that is not typed.
func (a *api) registration(in registrationInput, claimed models.Phone) (models.Registration, error) {
	var ps models.Problems
	r := models.Registration{Community: in.Community, Document: a.document(in.Document, &ps)}
	var err error
	r.Name, err = models.ParseName(in.Name)
	ps.Add("name", err)
	if r.Phone = claimed; in.Phone != "" || claimed == (models.Phone{}) {
		r.Phone, err = models.ParsePhone(in.Phone)
		ps.Add("phone", err)
	}
	if in.Guardian != "" {
		r.Guardian, err = models.ParseName(in.Guardian)
		ps.Add("guardian", err)
	} else if r.Document.Under(models.GuardianAge, a.Now().In(a.Zone)) {
		ps.Add("guardian", models.Refuse(models.ReasonGuardianRequired))
	}
	for _, given := range in.Consents {
		r.Consents = append(r.Consents, given.consent())
	}
	ps.Add("", models.CheckConsents(r.Consents))
	if in.Community == "" {
		ps.Add("community", models.Refuse(models.ReasonFieldMissing))
	}
	return r, ps.Err()
}

type contactInput struct {
	Phone     string `json:"phone"`
	Community string `json:"community"`
}

// contact reads what is to change; what is left out stays as it is.
func (in contactInput) contact() (store.Contact, error) {
	out := store.Contact{Community: in.Community}
	if in.Phone == "" {
		return out, nil
	}
	var ps models.Problems
	var err error
	out.Phone, err = models.ParsePhone(in.Phone)
	ps.Add("phone", err)
	return out, ps.Err()
}

// changeContact writes down a new phone number or community.
func (a *api) changeContact(c *gin.Context, me models.Resident) error {
	in, err := bind[contactInput](c)
	if err != nil {
		return err
	}
	contact, err := in.contact()
	if err != nil {
		return err
	}
	if err := a.Store.ChangeContact(c.Request.Context(), me, contact); err != nil {
		return err
	}
	return done(c)
}

type correctionInput struct {
	Name string `json:"name"`
}

// correct asks for the resident's name to be put right.
func (a *api) correct(c *gin.Context, me models.Resident) error {
	in, err := bind[correctionInput](c)
	if err != nil {
		return err
	}
	name, err := models.ParseName(in.Name)
	if err != nil {
		return named("name", err)
	}
	if err := a.limits.route("registration", me.ID); err != nil {
		return err
	}
	if err := a.Store.Correct(c.Request.Context(), me, name); err != nil {
		return err
	}
	c.JSON(http.StatusAccepted, statusOutput{"under_review"})
	return nil
}

type closeInput struct {
	Confirm string `json:"confirm"`
}

// closeAccount ends the resident's code, once they have said so in words.
func (a *api) closeAccount(c *gin.Context, me models.Resident) error {
	in, err := bind[closeInput](c)
	if err != nil {
		return err
	}
	if in.Confirm != "close" {
		return models.Refuse(models.ReasonFieldBad).On("confirm")
	}
	if err := a.Store.CloseResident(c.Request.Context(), me); err != nil {
		return err
	}
	signIn(c, residentCookie, "")
	return done(c)
}

// giveConsent writes down the resident's word.
func (a *api) giveConsent(c *gin.Context, me models.Resident) error {
	in, err := bind[consentInput](c)
	if err != nil {
		return err
	}
	given := in.consent()
	if err := models.CheckConsents([]models.Consent{given, {Purpose: models.PurposeCode, Version: models.ConsentVersion}}); err != nil {
		return err
	}
	if err := a.Store.GiveConsent(c.Request.Context(), me, given); err != nil {
		return err
	}
	return done(c)
}

// withdrawConsent takes it back.
func (a *api) withdrawConsent(c *gin.Context, me models.Resident) error {
	if err := a.Store.WithdrawConsent(c.Request.Context(), me, models.Purpose(c.Param("purpose"))); err != nil {
		return err
	}
	return done(c)
}

// named puts a refusal under the field that it is about.
func named(field string, err error) error {
	var ps models.Problems
	ps.Add(field, err)
	return ps.Err()
}
