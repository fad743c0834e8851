package wechat

import (
	"context"

	"healthcode/models"
	"healthcode/platform"
)

// Plugin is our plugin, which lives in other makers' mini-programs and has an app
// id and a secret of its own. It is safe for concurrent use.
type Plugin struct{ *client }

// NewPlugin makes the adapter of the plugin.
func NewPlugin(c Config) (*Plugin, error) {
	made, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return &Plugin{made}, nil
}

// Identify exchanges the code of wx.pluginLogin for who has come, by
// wxa/getpluginopenpid. A user is somebody else in each host, and no host is told:
// the openpid stands for both. The errors are those of [App.Identify], without
// login.code_used and login.blocked: WeChat does not tell used codes from unknown
// ones here. A code is good for one call.
func (p *Plugin) Identify(ctx context.Context, code string) (platform.Identity, error) {
	if !codes.MatchString(code) {
		return platform.Identity{}, models.Refuse(models.ReasonLoginCode).On("code")
	}
	// The SDK's GetPluginOpenPID takes no context.
	var said struct {
		OpenPID string `json:"openpid"`
	}
	trouble := p.authorised(ctx, pluginNumbers, asking("/wxa/getpluginopenpid", map[string]string{"code": code}, &said))
	if trouble != nil {
		return platform.Identity{}, trouble
	}
	return named(platform.Identity{Platform: platform.WeChatPlugin, AppID: p.appID, OpenID: said.OpenPID})
}

// pluginNumbers are those of the page getPluginOpenPId, which are its alone.
var pluginNumbers = numbers{
	1000: models.Refuse(models.ReasonUpstreamBusy), // 系统错误
	1001: models.Refuse(models.ReasonLoginCode),    // 请求参数非法
	1003: models.Refuse(models.ReasonUpstreamBusy), // 请求频率过快
	1005: models.Refuse(models.ReasonLoginCode),    // another plugin's
	1007: models.Refuse(models.ReasonLoginCode),    // unknown, used, expired, or a code of wx.login
}
