package config

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

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
	{"HEALTHCODE_JOB_SHARE", "0.3", false,
		"How much of one core this replica may take for jobs over everybody, such as deciding anew after rules were published: 0.01 to 1. With 1 they go as fast as they can, and residents notice.",
		func(c *Config, v string) (err error) { c.JobShare, err = share(v); return err }},
	{"HEALTHCODE_INSTALLATION", "", false,
		"Code by which other installations know this one: that of its top jurisdiction, as 330000. Empty: it is connected to none. What it recognises of whom is in files, see docs/recognition.md.",
		func(c *Config, v string) error { c.Installation = v; return installation(v) }},
	{"HEALTHCODE_VENDOR", "", false, "Who runs it, as other installations see it.",
		func(c *Config, v string) error { c.Vendor = v; return nil }},
	{"HEALTHCODE_COLOUR_NUMBERS", "", false,
		"What it calls the colours to other installations, each one's tables having its own: green=00,grey=11,yellow=01,red=10. Empty: by their English names.",
		func(c *Config, v string) (err error) { c.ColourNumbers, err = numbers(v); return err }},
	{"WECHAT_APP_ID", "", false, "AppID of the WeChat mini-program. Empty: nobody logs in through WeChat.",
		func(c *Config, v string) error { c.WeChatAppID = v; return nil }},
	{"WECHAT_APP_SECRET", "", true, "AppSecret of the WeChat mini-program.",
		func(c *Config, v string) error { c.WeChatSecret = v; return nil }},
	{"WECHAT_TEMPLATES", "", false,
		"Up to three numbers of subscribe messages, separated by commas, that the mini-program asks leave for. They must be of the long-term kind, which is open to public bodies. The first tells of another colour, the second of a review that was judged; what must be in them is in docs/containers.md.",
		func(c *Config, v string) (err error) { c.WeChatTemplates, err = templates(v); return err }},
	{"WECHAT_PLUGIN_APP_ID", "", false, "AppID of the WeChat plugin, for people who open the code in other mini-programs. Empty: there is none.",
		func(c *Config, v string) error { c.WeChatPluginAppID = v; return nil }},
	{"WECHAT_PLUGIN_APP_SECRET", "", true, "AppSecret of the WeChat plugin.",
		func(c *Config, v string) error { c.WeChatPluginSecret = v; return nil }},
	{"WECHAT_OFFICIAL_APP_ID", "", false, "AppID of the official account (公众号) for pages in WeChat's browser outside the mini-program. Empty: there is none.",
		func(c *Config, v string) error { c.WeChatOfficialAppID = v; return nil }},
	{"WECHAT_OFFICIAL_APP_SECRET", "", true, "AppSecret of the official account.",
		func(c *Config, v string) error { c.WeChatOfficialSecret = v; return nil }},
	{"ALIPAY_APP_ID", "", false, "AppID of the Alipay mini-program. Empty: nobody logs in through Alipay.",
		func(c *Config, v string) error { c.AlipayAppID = v; return nil }},
	{"ALIPAY_PRIVATE_KEY", "", true, "RSA private key of the Alipay mini-program, in PEM or base64.",
		func(c *Config, v string) error { c.AlipayPrivateKey = v; return nil }},
	{"ALIPAY_PUBLIC_KEY", "", false, "Alipay's public key for this mini-program (支付宝公钥), in PEM or base64. In certificate mode the three certificates stand in its place.",
		func(c *Config, v string) error { c.AlipayPublicKey = v; return nil }},
	{"ALIPAY_APP_CERT", "", false, "The mini-program's own certificate (应用公钥证书), in PEM.",
		func(c *Config, v string) error { c.AlipayAppCert = v; return nil }},
	{"ALIPAY_ROOT_CERT", "", false, "Alipay's root certificates (支付宝根证书), in PEM.",
		func(c *Config, v string) error { c.AlipayRootCert = v; return nil }},
	{"ALIPAY_PUBLIC_CERT", "", false, "Alipay's certificate (支付宝公钥证书), in PEM.",
		func(c *Config, v string) error { c.AlipayPublicCert = v; return nil }},
	{"ALIPAY_ENCRYPT_KEY", "", true, "AES key of the mini-program (接口内容加密方式), in base64. Without it nobody's phone number can be read from Alipay.",
		func(c *Config, v string) error { c.AlipayEncryptKey = v; return aes(v) }},
	{"ALIPAY_TEMPLATES", "", false, "Up to three numbers of template messages, separated by commas, that the mini-program asks leave for. The first tells of another colour, the second of a review that was judged; what must be in them is in docs/containers.md.",
		func(c *Config, v string) (err error) { c.AlipayTemplates, err = templates(v); return err }},
	{"ALIPAY_PLUGIN_HOSTS", "", true, "The mini-programs that our Alipay plugin lives in, as APPID=APP_AUTH_TOKEN, separated by commas.",
		func(c *Config, v string) (err error) { c.AlipayPluginHosts, err = hosts(v); return err }},
	{"OWN_APP_ISSUER", "", false, "Issuer of the OpenID Connect provider of the locality's own app, as https://…. Empty: there is no such app.",
		func(c *Config, v string) error { c.OwnAppIssuer = v; return nil }},
	{"OWN_APP_CLIENT_ID", "", false, "What that provider knows this service by. Its redirect address is HEALTHCODE_ORIGIN with /enter/app/back behind it.",
		func(c *Config, v string) error { c.OwnAppClientID = v; return nil }},
	{"OWN_APP_CLIENT_SECRET", "", true, "The secret that goes with it.",
		func(c *Config, v string) error { c.OwnAppSecret = v; return nil }},
}

func share(v string) (float64, error) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || !(f >= 0.01 && f <= 1) {
		return 0, errors.New("want a number from 0.01 to 1")
	}
	return f, nil
}

// templates are numbers of messages; both apps ask for three at once at most.
func templates(v string) ([]string, error) {
	list := split(v)
	if len(list) > 3 {
		return nil, errors.New("want three at most")
	}
	return list, nil
}

func hosts(v string) (map[string]string, error) {
	all := map[string]string{}
	for _, pair := range split(v) {
		app, token, found := strings.Cut(pair, "=")
		if !found || app == "" || token == "" {
			return nil, errors.New("want APPID=APP_AUTH_TOKEN, separated by commas")
		}
		all[app] = token
	}
	return all, nil
}

func split(v string) (list []string) {
	for s := range strings.SplitSeq(v, ",") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// aes is a key of AES-128, which is what Alipay gives.
func aes(v string) error {
	if b, err := base64.StdEncoding.DecodeString(v); v != "" && (err != nil || len(b) != 16) {
		return errors.New("want 16 bytes in base64")
	}
	return nil
}
