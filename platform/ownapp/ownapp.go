// Package ownapp logs residents in through a locality's own app: through its
// OpenID Connect provider, by the authorization code flow with PKCE (OpenID
// Connect Core 1.0, section 3.1; RFC 7636). A page in the app's web-view begins
// it, the provider shows its own login, and what comes back is held against what
// the page began with.
package ownapp

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"healthcode/models"
	"healthcode/platform"
)

// timeout is how long one call to the provider may take.
const timeout = 8 * time.Second

// Config is what the provider knows the service by.
type Config struct {
	Issuer       string // https://…, as it stands in the provider's tokens
	ClientID     string
	ClientSecret string
	Redirect     string            // where the provider sends people back to, on our own host
	Transport    http.RoundTripper // the way out; platform.Direct() when nil
	Now          func() time.Time
}

// App is a client of the provider. It is safe for concurrent use.
type App struct {
	config Config
	client *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // nil until it has been reached once
}

// New makes the client. The provider is asked when somebody first logs in, so
// that the service starts without it.
func New(c Config) (*App, error) {
	issuer, err := url.Parse(c.Issuer)
	switch {
	case err != nil || issuer.Scheme != "https" || issuer.Host == "":
		return nil, errors.New("own app: the issuer must be an https address")
	case c.ClientID == "" || c.ClientSecret == "":
		return nil, errors.New("own app: the client's id and secret must be set")
	}
	if c.Transport == nil {
		c.Transport = platform.Direct()
	}
	return &App{config: c, client: &http.Client{Timeout: timeout, Transport: secure{c.Transport}, CheckRedirect: platform.NoRedirect}}, nil
}

// secure reaches a provider's endpoints, wherever its discovery says that they
// are, over https and with a bounded answer.
type secure struct{ via http.RoundTripper }

func (s secure) RoundTrip(r *http.Request) (*http.Response, error) {
	return platform.Outbound{Host: r.URL.Host, Via: s.via}.RoundTrip(r)
}

// Begin is a new attempt, and the provider's page to go to.
func (a *App) Begin(ctx context.Context) (platform.Attempt, string, error) {
	oauth, _, err := a.reach(ctx)
	if err != nil {
		return platform.Attempt{}, "", err
	}
	try := platform.Attempt{State: platform.NewState(), Nonce: platform.NewState(), Verifier: oauth2.GenerateVerifier()}
	return try, oauth.AuthCodeURL(try.State, oidc.Nonce(try.Nonce), oauth2.S256ChallengeOption(try.Verifier)), nil
}

// codes are what a provider may send back: it promises no shape (RFC 6749,
// appendix A.11), so this keeps out what cannot be one.
var codes = regexp.MustCompile(`^[\x20-\x7e]{1,1000}$`)

// Finish ends the attempt: the code of the provider's answer for who has logged
// in. The state is compared before anything is asked.
func (a *App) Finish(ctx context.Context, try platform.Attempt, state, code string) (platform.Identity, error) {
	if !try.Began(state) || !codes.MatchString(code) {
		return platform.Identity{}, models.Refuse(models.ReasonLoginCode)
	}
	oauth, verifier, err := a.reach(ctx)
	if err != nil {
		return platform.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, a.client)
	tokens, err := oauth.Exchange(ctx, code, oauth2.VerifierOption(try.Verifier))
	if err != nil {
		return platform.Identity{}, refusal(ctx, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := verifier.Verify(ctx, raw)
	if err != nil || id.Subject == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(try.Nonce)) != 1 {
		return platform.Identity{}, models.Refuse(models.ReasonUpstreamLying)
	}
	return platform.Identity{Platform: platform.OwnApp, AppID: a.config.ClientID, OpenID: id.Subject}, nil
}

// reach is the provider, asked where its endpoints are unless it has been before.
func (a *App) reach(ctx context.Context) (*oauth2.Config, *oidc.IDTokenVerifier, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.provider == nil {
		// Its keys are fetched later through the same context, so it must outlive the request.
		lasting := oidc.ClientContext(context.WithoutCancel(ctx), a.client)
		provider, err := oidc.NewProvider(lasting, a.config.Issuer)
		if err != nil {
			return nil, nil, platform.Unreachable(ctx, err)
		}
		a.provider = provider
	}
	return &oauth2.Config{ClientID: a.config.ClientID, ClientSecret: a.config.ClientSecret, Endpoint: a.provider.Endpoint(),
			RedirectURL: a.config.Redirect, Scopes: []string{oidc.ScopeOpenID}},
		a.provider.Verifier(&oidc.Config{ClientID: a.config.ClientID, Now: a.config.Now}), nil
}

// refusal translates the error of the token endpoint. Its words may hold the
// code, so they stay behind; the standard's own word for it does not.
func refusal(ctx context.Context, err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return platform.Unreachable(ctx, err)
	}
	switch {
	case answer.ErrorCode == "invalid_grant":
		return models.Refuse(models.ReasonLoginCode)
	case answer.Response != nil && answer.Response.StatusCode >= http.StatusInternalServerError:
		return models.Refuse(models.ReasonUpstream)
	case answer.ErrorCode == "":
		return models.Refuse(models.ReasonUpstreamLying)
	}
	return models.Refuse(models.ReasonUpstreamRefused).Because(fmt.Errorf("own app: %s", plain(answer.ErrorCode)))
}

var plainCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// plain is an error code as the standard writes it, or nothing.
func plain(code string) string {
	if plainCode.MatchString(code) {
		return code
	}
	return "-"
}
