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

	WeChatAppID  string
	WeChatSecret string

	AlipayAppID      string
	AlipayPrivateKey string
	AlipayPublicKey  string
}

// setting is one line of the table: what a variable is for, and how it is read.
type setting struct {
	Name    string
	Default string
	Secret  bool
	Doc     string
	read    func(c *Config, value string) error
}

var settings = []setting{
	{"HEALTHCODE_LISTEN", ":8080", false,
		"Address that residents and staff are served on, behind a proxy that terminates TLS.",
		func(c *Config, v string) error { c.Listen = v; return address(v) }},
	{"HEALTHCODE_METRICS_LISTEN", "127.0.0.1:9090", false,
		"Address of /metrics. It tells about load and alarms, so it stays inside.",
		func(c *Config, v string) error { c.MetricsListen = v; return address(v) }},
	{"HEALTHCODE_ORIGIN", "", false,
		"Where the pages are reached, as https://host. Both super-apps must have the host on their lists; it stands on posters and in every pass, so it is short (at most 27 characters) and never changes.",
		func(c *Config, v string) error { c.Origin = v; return origin(v) }},
	{"HEALTHCODE_DATABASE", "", true,
		"sqlite:PATH for one machine, or mysql:USER:PASSWORD@tcp(HOST:3306)/NAME for MySQL 8 or MariaDB 10.11. The account needs what docs/deploy.md grants, and no more.",
		func(c *Config, v string) error { c.Database = v; return database(v) }},
	{"HEALTHCODE_KEY_RING", "", false,
		"Path of the key ring, which `healthcode keys create` makes. Without it nothing that is sealed can be read again: back it up.",
		func(c *Config, v string) error { c.KeyRing = v; return required(v) }},
	{"HEALTHCODE_KEY_RING_KEY", "", true,
		"32 random bytes in base64 that open the key ring. Keep them apart from it.",
		func(c *Config, v string) (err error) { c.KeyRingKey, err = key(v); return err }},
	{"HEALTHCODE_TIME_ZONE", "Asia/Shanghai", false,
		"What \"a day\" means here, as an IANA name.",
		func(c *Config, v string) (err error) { c.Zone, err = zone(v); return err }},
	{"HEALTHCODE_TRUSTED_PROXIES", "", false,
		"Networks, separated by commas, whose X-Forwarded-For is believed: those of your own proxies. Rate limits count by the address found there.",
		func(c *Config, v string) (err error) { c.TrustedProxies, err = prefixes(v); return err }},
	{"WECHAT_APP_ID", "", false, "AppID of the WeChat mini-program. Empty: nobody logs in through WeChat.",
		func(c *Config, v string) error { c.WeChatAppID = v; return nil }},
	{"WECHAT_APP_SECRET", "", true, "AppSecret of the WeChat mini-program.",
		func(c *Config, v string) error { c.WeChatSecret = v; return nil }},
	{"ALIPAY_APP_ID", "", false, "AppID of the Alipay mini-program. Empty: nobody logs in through Alipay.",
		func(c *Config, v string) error { c.AlipayAppID = v; return nil }},
	{"ALIPAY_PRIVATE_KEY", "", true, "RSA private key of the Alipay mini-program, in PEM or base64.",
		func(c *Config, v string) error { c.AlipayPrivateKey = v; return nil }},
	{"ALIPAY_PUBLIC_KEY", "", false, "Alipay's public key for this mini-program (支付宝公钥), in PEM or base64.",
		func(c *Config, v string) error { c.AlipayPublicKey = v; return nil }},
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
	if c.Listen == c.MetricsListen && c.Listen != "" {
		errs = append(errs, errors.New("HEALTHCODE_LISTEN, HEALTHCODE_METRICS_LISTEN: want two addresses"))
	}
	if (c.WeChatAppID == "") != (c.WeChatSecret == "") {
		errs = append(errs, errors.New("WECHAT_APP_ID and WECHAT_APP_SECRET: set both or neither"))
	}
	if c.AlipayAppID != "" && (c.AlipayPrivateKey == "" || c.AlipayPublicKey == "") {
		errs = append(errs, errors.New("ALIPAY_APP_ID: needs ALIPAY_PRIVATE_KEY and ALIPAY_PUBLIC_KEY"))
	}
	if c.WeChatAppID == "" && c.AlipayAppID == "" {
		errs = append(errs, errors.New("WECHAT_APP_ID, ALIPAY_APP_ID: without either, no resident can log in"))
	}
	return errs
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
