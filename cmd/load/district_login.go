package main

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/oauth2-proxy/mockoidc"
)

// login is the OpenID Connect provider of the locality's own app, over TLS.
type login struct {
	*mockoidc.MockOIDC
	client      *http.Client
	certificate string // a file that the service trusts
}

func newLogin(dir string) (*login, error) {
	certified := httptest.NewTLSServer(nil) // for its certificate
	defer certified.Close()
	l := &login{client: certified.Client(), certificate: filepath.Join(dir, "login.pem")}
	l.client.CheckRedirect = stays.CheckRedirect
	block := &pem.Block{Type: "CERTIFICATE", Bytes: certified.Certificate().Raw}
	if err := os.WriteFile(l.certificate, pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, err
	}
	var err error
	if l.MockOIDC, err = mockoidc.NewServer(nil); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return l, l.Start(tls.NewListener(listener, certified.TLS), certified.TLS)
}

func (l *login) close() { _ = l.Shutdown() }

// visit logs in on the provider's page, and is where on our own host it sends back to.
func (l *login) visit(ctx context.Context, page string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return "", err
	}
	response, err := l.client.Do(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	back, err := url.Parse(response.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), origin) {
		return "", fmt.Errorf("the login answers %s", response.Status)
	}
	return back.RequestURI(), nil
}
