package main

import (
	"net/http"
	"time"

	"healthcode/config"
	"healthcode/handlers"
	"healthcode/models"
	"healthcode/platform"
	"healthcode/platform/alipay"
	"healthcode/platform/ownapp"
	"healthcode/platform/wechat"
)

// platforms are what the service can ask of the outside, by what is configured.
// outside is the way there: nil is [platform.Direct], and no setting is another.
func platforms(c config.Config, outside http.RoundTripper) (handlers.Options, error) {
	o := handlers.Options{Identify: map[string]handlers.Identifier{}, Hosted: map[string]handlers.HostedIdentifier{},
		Phones: map[string]handlers.PhoneReader{}, Names: map[string]handlers.NameChecker{}, Texts: map[string]handlers.TextChecker{},
		Notifications: map[string]handlers.NotificationReader{}, PageLogins: map[string]handlers.PageLogin{}, Tellers: map[string]handlers.Teller{},
		Templates: map[string]handlers.Templates{platform.WeChat: {IDs: c.WeChatTemplates, ForGood: true}, platform.Alipay: {IDs: c.AlipayTemplates}}}
	for _, add := range []func(config.Config, http.RoundTripper, *handlers.Options) error{addWeChat, addWeChatPlugin, addOfficialAccount, addAlipay, addOwnApp} {
		if err := add(c, outside, &o); err != nil {
			return o, err
		}
	}
	return o, nil
}

// messages are the templates that residents are told by: of each app's, the first
// tells of colours and the second of reviews.
func messages(c config.Config) map[string]map[models.NoticeKind]string {
	all := map[string]map[models.NoticeKind]string{}
	for app, ids := range map[string][]string{platform.WeChat: c.WeChatTemplates, platform.Alipay: c.AlipayTemplates} {
		all[app] = map[models.NoticeKind]string{}
		for i, kind := range []models.NoticeKind{models.NoticeColour, models.NoticeReview} {
			if i < len(ids) {
				all[app][kind] = ids[i]
			}
		}
	}
	return all
}

func addWeChat(c config.Config, outside http.RoundTripper, o *handlers.Options) error {
	if c.WeChatAppID == "" {
		return nil
	}
	app, err := wechat.New(wechatConfig(c.WeChatAppID, c.WeChatSecret, outside))
	if err != nil {
		return err
	}
	o.Identify[platform.WeChat], o.Phones[platform.WeChat] = app, app
	o.Names[platform.WeChat], o.Texts[platform.WeChat], o.Tellers[platform.WeChat] = app, app, app
	return nil
}

func addWeChatPlugin(c config.Config, outside http.RoundTripper, o *handlers.Options) error {
	if c.WeChatPluginAppID == "" {
		return nil
	}
	plugin, err := wechat.NewPlugin(wechatConfig(c.WeChatPluginAppID, c.WeChatPluginSecret, outside))
	o.Identify[platform.WeChatPlugin] = plugin
	return err
}

func addAlipay(c config.Config, outside http.RoundTripper, o *handlers.Options) error {
	if c.AlipayAppID == "" {
		return nil
	}
	of := alipayConfig(c, outside)
	app, err := alipay.New(of)
	if err != nil {
		return err
	}
	o.Identify[platform.Alipay], o.Names[platform.Alipay], o.Notifications[platform.Alipay] = app, app, app
	o.Tellers[platform.Alipay] = app
	if c.AlipayEncryptKey != "" {
		o.Phones[platform.Alipay] = app
	}
	if len(c.AlipayPluginHosts) == 0 {
		return nil
	}
	plugin, err := alipay.NewPlugin(alipay.PluginConfig{Config: of, Hosts: c.AlipayPluginHosts})
	o.Hosted[platform.AlipayPlugin] = plugin
	return err
}

func wechatConfig(id, secret string, outside http.RoundTripper) wechat.Config {
	return wechat.Config{AppID: id, AppSecret: secret, Now: time.Now, Transport: outside}
}

func alipayConfig(c config.Config, outside http.RoundTripper) alipay.Config {
	return alipay.Config{AppID: c.AlipayAppID, Transport: outside, PrivateKey: c.AlipayPrivateKey, AlipayPublicKey: c.AlipayPublicKey,
		AppCertificate: c.AlipayAppCert, RootCertificate: c.AlipayRootCert, AlipayCertificate: c.AlipayPublicCert, EncryptKey: c.AlipayEncryptKey}
}

func addOwnApp(c config.Config, outside http.RoundTripper, o *handlers.Options) error {
	if c.OwnAppIssuer == "" {
		return nil
	}
	app, err := ownapp.New(ownapp.Config{Issuer: c.OwnAppIssuer, ClientID: c.OwnAppClientID, ClientSecret: c.OwnAppSecret,
		Redirect: c.Origin + "/enter/app/back", Transport: outside, Now: time.Now})
	o.PageLogins["app"] = app
	return err
}

func addOfficialAccount(c config.Config, outside http.RoundTripper, o *handlers.Options) error {
	if c.WeChatOfficialAppID == "" {
		return nil
	}
	account, err := wechat.NewOfficialAccount(wechatConfig(c.WeChatOfficialAppID, c.WeChatOfficialSecret, outside))
	if err != nil {
		return err
	}
	o.PageLogins["wechat"] = wechat.PageLogin{Account: account, Redirect: c.Origin + "/enter/wechat/back"}
	o.PageConfig = account
	return nil
}
