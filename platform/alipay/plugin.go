package alipay

import (
	"context"
	"errors"
	"maps"

	sdk "github.com/smartwalle/alipay/v3"

	"healthcode/models"
	"healthcode/platform"
)

// PluginPlatform is the platform of accounts that come through the plugin.
const PluginPlatform = platform.Alipay + "-plugin"

// PluginConfig is what the plugin's maker needs: its own app and keys, and the
// leave of each host that embeds it.
type PluginConfig struct {
	Config
	Hosts map[string]string // app_auth_token by the host's app id
}

// Plugin is our plugin within other makers' mini-programs. It is safe for
// concurrent use.
type Plugin struct {
	app   *App
	hosts map[string]string
}

// NewPlugin makes the adapter of the plugin.
func NewPlugin(c PluginConfig) (*Plugin, error) {
	if len(c.Hosts) == 0 {
		return nil, errors.New("alipay: the plugin needs a host")
	}
	for host, token := range c.Hosts {
		if host == "" || token == "" {
			return nil, errors.New("alipay: each host of the plugin needs its app id and its app_auth_token")
		}
	}
	app, err := New(c.Config)
	if err != nil {
		return nil, err
	}
	return &Plugin{app, maps.Clone(c.Hosts)}, nil
}

// IdentifyIn is [App.Identify] for somebody who opened the plugin in that host. In
// a plugin my.getAuthCode speaks for the host (授权主体是宿主小程序), so the code is
// redeemed with the host's app_auth_token, and who somebody is differs from host
// to host. A host that is not ours is login.platform_unknown; a token that was
// lost or has expired is upstream.refused_us.
func (p *Plugin) IdentifyIn(ctx context.Context, host, code string) (platform.Identity, error) {
	token, ours := p.hosts[host]
	if !ours {
		return platform.Identity{}, models.Refuse(models.ReasonLoginPlatform).On("host")
	}
	openID, unionID, err := p.app.redeem(ctx, sdk.SystemOauthToken{AppAuthToken: token, Code: code})
	if err != nil {
		return platform.Identity{}, err
	}
	return platform.Identity{Platform: PluginPlatform, AppID: host, OpenID: openID, UnionID: unionID}, nil
}
