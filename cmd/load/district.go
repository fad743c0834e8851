package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"healthcode/models"
)

// districtLimit is how long a district may take, in seconds. The first one of all
// took a day.
const districtLimit = 300

// district stands a district up from nothing, by what an operator, an administrator,
// a worker and a resident do, and prints how long it takes: a clean clone is built,
// init makes the place, the administrator invites a worker, a resident logs in with
// the locality's own app, registers, is checked, declares, and has a green code. The
// app is an OpenID Connect provider on this machine; all else is as it is deployed.
func district(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "district")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	login, err := newLogin(dir)
	if err != nil {
		return err
	}
	defer login.close()
	begin := time.Now()
	d := &site{ctx: ctx, dir: dir, login: login}
	defer d.stop()
	for _, step := range []func() error{d.build, d.found, d.serve, d.staff, d.resident} {
		if err := step(); err != nil {
			return err
		}
	}
	say(out, "district_up", time.Since(begin).Seconds(), "s", districtLimit)
	return nil
}

// site is a district in the making.
type site struct {
	ctx     context.Context
	dir     string
	login   *login
	env     []string
	address string
	serving *exec.Cmd

	community, admin, worker string // an id, and tokens
}

// build makes the program out of a clone of what is committed here.
func (d *site) build() error {
	clone := filepath.Join(d.dir, "clone")
	if said, err := exec.CommandContext(d.ctx, "git", "clone", "--quiet", "--no-hardlinks", ".", clone).CombinedOutput(); err != nil {
		return fmt.Errorf("clone: %w: %s", err, said)
	}
	c := exec.CommandContext(d.ctx, "go", "build", "-trimpath", "-o", filepath.Join(d.dir, "healthcode"), "./cmd/healthcode")
	c.Dir = clone
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, said)
	}
	return nil
}

func (d *site) run(args ...string) (string, error) {
	c := exec.CommandContext(d.ctx, filepath.Join(d.dir, "healthcode"), args...)
	c.Env = d.env
	said, err := c.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", args[0], err, said)
	}
	return string(said), err
}

var (
	communityLine = regexp.MustCompile(`(?m)^community (\S+)`)
	invitationURL = regexp.MustCompile(`/staff/join#(\S+)`)
)

// found makes the keys and the place.
func (d *site) found() error {
	var err error
	if d.address, err = free(); err != nil {
		return err
	}
	ring := filepath.Join(d.dir, "ring")
	d.env = append(os.Environ(), "HEALTHCODE_LISTEN="+d.address, "HEALTHCODE_METRICS_LISTEN=127.0.0.1:0", "HEALTHCODE_ORIGIN="+origin,
		"HEALTHCODE_DATABASE=sqlite:"+filepath.Join(d.dir, "district.db"), "HEALTHCODE_KEY_RING="+ring, "SSL_CERT_FILE="+d.login.certificate,
		"OWN_APP_ISSUER="+d.login.Issuer(), "OWN_APP_CLIENT_ID="+d.login.ClientID, "OWN_APP_CLIENT_SECRET="+d.login.ClientSecret)
	said, err := d.run("keys", "create", ring)
	if err != nil {
		return err
	}
	d.env = append(d.env, strings.Fields(said)...)
	if said, err = d.run("init", "--division", "330110"); err != nil {
		return err
	}
	community, invitation := communityLine.FindStringSubmatch(said), invitationURL.FindStringSubmatch(said)
	if community == nil || invitation == nil {
		return fmt.Errorf("init says %s", said)
	}
	d.community, d.admin = community[1], invitation[1]
	return nil
}

const origin = "https://hc.example.cn"

// serve starts the service and waits for its first answer.
func (d *site) serve() error {
	d.serving = exec.CommandContext(d.ctx, filepath.Join(d.dir, "healthcode"), "serve")
	d.serving.Env = d.env
	if err := d.serving.Start(); err != nil {
		return err
	}
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if _, err := d.ask(http.MethodGet, "/readyz", "", nil, nil); err == nil {
			return nil
		}
		if time.Since(begin) > 20*time.Second {
			return errors.New("the service does not answer")
		}
	}
}

func (d *site) stop() {
	if d.serving != nil && d.serving.Process != nil {
		_ = d.serving.Process.Signal(os.Interrupt)
		_ = d.serving.Wait()
	}
}

// staff has the administrator join and invite a worker, who joins too.
func (d *site) staff() (err error) {
	if d.admin, err = d.join(d.admin, "administrator", ""); err != nil {
		return err
	}
	var made struct{ URL string }
	in := map[string]any{"role": "worker", "display": "社区网格员", "jurisdiction": "330110", "communities": []string{d.community}}
	if _, err := d.ask(http.MethodPost, "/v1/invitations", d.admin, in, &made); err != nil {
		return err
	}
	_, invitation, _ := strings.Cut(made.URL, "#")
	d.worker, err = d.join(invitation, "worker", "E99999999")
	return err
}

// join accepts an invitation and signs in.
func (d *site) join(invitation, username, passport string) (token string, err error) {
	var factor struct{ Secret string }
	if _, err := d.ask(http.MethodPost, "/v1/invitations/open", "", map[string]string{"token": invitation}, &factor); err != nil {
		return "", err
	}
	now := time.Now()
	code, err := totp.GenerateCode(factor.Secret, now)
	if err != nil {
		return "", err
	}
	const password = "a district in five minutes"
	in := map[string]any{"token": invitation, "username": username, "password": password, "code": code}
	if passport != "" {
		in["document"] = document(passport)
	}
	if _, err := d.ask(http.MethodPost, "/v1/invitations/accept", "", in, nil); err != nil {
		return "", err
	}
	if code, err = totp.GenerateCode(factor.Secret, now.Add(30*time.Second)); err != nil {
		return "", err
	}
	response, err := d.ask(http.MethodPost, "/v1/staff/session", "", map[string]string{"username": username, "password": password, "code": code}, nil)
	return cookie(response, "__Host-staff"), err
}

func document(passport string) map[string]string {
	return map[string]string{"type": string(models.DocumentPassport), "number": passport}
}
