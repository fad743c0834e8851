// Package config says what can be set, and why, and refuses nonsense: all of it
// at once, before anything opens. Every setting is an environment variable; a
// secret may instead be a file, named by the variable with _FILE behind it, so
// that it stands in no process list and no unit file.
package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"healthcode/models"
	"healthcode/models/pass"
)

// Config is what the service runs with.
type Config struct {
	Listen         string // where residents and staff are served
	MetricsListen  string // where /metrics is; keep it inside
	Origin         string // https://host of the pages
	Database       string // sqlite:PATH or mysql:DSN
	KeyRing        string // path of the vault's key ring
	KeyRingKey     []byte // 32 bytes that open it
	Zone           *time.Location
	TrustedProxies []netip.Prefix
	JobShare       float64 // of one core

	Installation  string                   // its code among others; "" for one on its own
	Vendor        string                   // who runs it, as others see it
	ColourNumbers map[models.Colour]string // what it calls the colours to others

	WeChatAppID          string
	WeChatSecret         string
	WeChatPluginAppID    string
	WeChatPluginSecret   string
	WeChatOfficialAppID  string
	WeChatOfficialSecret string
	WeChatTemplates      []string

	AlipayAppID       string
	AlipayPrivateKey  string
	AlipayPublicKey   string // public-key mode
	AlipayAppCert     string // certificate mode: these three
	AlipayRootCert    string
	AlipayPublicCert  string
	AlipayEncryptKey  string
	AlipayTemplates   []string
	AlipayPluginHosts map[string]string // the app_auth_token of each app that the plugin lives in

	OwnAppIssuer   string
	OwnAppClientID string
	OwnAppSecret   string
}

// Load reads every setting and tells everything that is wrong with them. No
// message quotes a value, since it may be a secret in the wrong place.
func Load(lookup func(string) (string, bool)) (Config, error) {
	var c Config
	var errs []error
	for _, s := range settings {
		value, err := s.value(lookup)
		if err == nil {
			err = s.read(&c, value)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.Name, err))
		}
	}
	errs = append(errs, c.whole()...)
	return c, errors.Join(errs...)
}

// value is the variable's, or its file's, or the default.
func (s setting) value(lookup func(string) (string, bool)) (string, error) {
	value, set := lookup(s.Name)
	path, filed := lookup(s.Name + "_FILE")
	switch {
	case set && filed:
		return "", fmt.Errorf("set together with %s_FILE; choose one", s.Name)
	case filed:
		b, err := os.ReadFile(path)
		if err != nil {
			return "", errors.New("its file cannot be read")
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	case set:
		return value, nil
	}
	return s.Default, nil
}

// whole tells which settings lack the others that they need.
func (c Config) whole() (errs []error) {
	need := func(ok bool, words string) {
		if !ok {
			errs = append(errs, errors.New(words))
		}
	}
	need(c.Listen != c.MetricsListen || c.Listen == "", "HEALTHCODE_LISTEN, HEALTHCODE_METRICS_LISTEN: want two addresses")
	need(together(c.WeChatAppID, c.WeChatSecret), "WECHAT_APP_ID and WECHAT_APP_SECRET: set both or neither")
	need(together(c.WeChatPluginAppID, c.WeChatPluginSecret), "WECHAT_PLUGIN_APP_ID and WECHAT_PLUGIN_APP_SECRET: set both or neither")
	need(together(c.WeChatOfficialAppID, c.WeChatOfficialSecret), "WECHAT_OFFICIAL_APP_ID and WECHAT_OFFICIAL_APP_SECRET: set both or neither")
	need(together(c.OwnAppIssuer, c.OwnAppClientID, c.OwnAppSecret), "OWN_APP_ISSUER, OWN_APP_CLIENT_ID and OWN_APP_CLIENT_SECRET: set all or none")
	need(together(c.AlipayAppCert, c.AlipayRootCert, c.AlipayPublicCert), "ALIPAY_APP_CERT, ALIPAY_ROOT_CERT and ALIPAY_PUBLIC_CERT: set all or none")
	if c.AlipayAppID != "" {
		need(c.AlipayPrivateKey != "", "ALIPAY_APP_ID: needs ALIPAY_PRIVATE_KEY")
		need((c.AlipayPublicKey == "") != (c.AlipayPublicCert == ""), "ALIPAY_APP_ID: needs ALIPAY_PUBLIC_KEY, or the three certificates instead")
	}
	need(len(c.AlipayPluginHosts) == 0 || c.AlipayAppID != "", "ALIPAY_PLUGIN_HOSTS: needs ALIPAY_APP_ID")
	need(c.WeChatAppID != "" || c.AlipayAppID != "" || c.OwnAppIssuer != "", "WECHAT_APP_ID, ALIPAY_APP_ID, OWN_APP_ISSUER: without any, no resident can log in")
	return errs
}

// together reports whether all of them are set, or none.
func together(values ...string) bool {
	set := 0
	for _, v := range values {
		if v != "" {
			set++
		}
	}
	return set == 0 || set == len(values)
}

func required(v string) error {
	if v == "" {
		return errors.New("must be set")
	}
	return nil
}

func address(v string) error {
	_, port, err := net.SplitHostPort(v)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return errors.New("want HOST:PORT or :PORT")
	}
	return nil
}

// zone reads an IANA name. The machine's own zone is none: replicas may differ.
func zone(v string) (*time.Location, error) {
	z, err := time.LoadLocation(v)
	if err != nil || v == "" || v == "Local" {
		return nil, errors.New("want an IANA name such as Asia/Shanghai")
	}
	return z, nil
}

func origin(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("want https://HOST and nothing behind it")
	}
	return pass.CheckPrefix(v + "/p#")
}

func database(v string) error {
	if kind, rest, _ := strings.Cut(v, ":"); kind != "sqlite" && kind != "mysql" || rest == "" {
		return errors.New("want sqlite:PATH or mysql:DSN")
	}
	return nil
}

// installation is a code of GB/T 2260, or nothing.
func installation(v string) error {
	if v == "" {
		return nil
	}
	if _, err := strconv.ParseUint(v, 10, 32); err != nil || len(v) != 6 {
		return errors.New("want six digits")
	}
	return nil
}

// numbers are what the colours are called, as green=00,grey=11.
func numbers(v string) (map[models.Colour]string, error) {
	pairs := map[string]string{}
	for _, pair := range split(v) {
		name, number, found := strings.Cut(pair, "=")
		if _, twice := pairs[name]; !found || twice {
			return nil, errors.New("want green=…,grey=…,yellow=…,red=…")
		}
		pairs[name] = number
	}
	return models.ParseNumbers(pairs)
}

func key(v string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(v)
	if err != nil || len(b) != 32 {
		return nil, errors.New("want 32 bytes in base64")
	}
	return b, nil
}

func prefixes(v string) (list []netip.Prefix, err error) {
	for s := range strings.SplitSeq(v, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, errors.New("want networks such as 10.0.0.0/8, separated by commas")
		}
		list = append(list, p)
	}
	return list, nil
}

// KeyRing reads the two settings that the key ring needs, and no others.
func KeyRing(lookup func(string) (string, bool)) (path string, key []byte, err error) {
	c, err := only(lookup, "HEALTHCODE_KEY_RING", "HEALTHCODE_KEY_RING_KEY")
	return c.KeyRing, c.KeyRingKey, err
}

// Database reads the one setting that migrating needs.
func Database(lookup func(string) (string, bool)) (string, error) {
	c, err := only(lookup, "HEALTHCODE_DATABASE")
	return c.Database, err
}

// only reads the settings of those names.
func only(lookup func(string) (string, bool), names ...string) (Config, error) {
	var c Config
	for _, s := range settings {
		if !slices.Contains(names, s.Name) {
			continue
		}
		value, err := s.value(lookup)
		if err == nil {
			err = s.read(&c, value)
		}
		if err != nil {
			return Config{}, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return c, nil
}

// Manual is the list of settings, as docs/config.md has it.
func Manual() string {
	var b strings.Builder
	b.WriteString("# Settings\n\nEvery setting is an environment variable. A secret may be a file instead, named by\nthe variable with `_FILE` behind it.\n")
	for _, s := range settings {
		fmt.Fprintf(&b, "\n## %s\n%s\n", s.Name, s.Doc)
		switch {
		case s.Default != "":
			fmt.Fprintf(&b, "Default: `%s`.\n", s.Default)
		case s.Secret:
			b.WriteString("Secret.\n")
		}
	}
	return b.String()
}
