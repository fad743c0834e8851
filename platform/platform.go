// Package platform speaks to the outside: the super-apps that residents live in
// and the vault that holds the keys. Each adapter has a folder of its own and
// returns the small structs declared here, never those of its vendor's SDK.
package platform

// The platforms whose accounts can log in. The name is part of every account.
const (
	WeChat       = "wechat"
	Alipay       = "alipay"
	OwnApp       = "own-app"       // the locality's, through its OpenID Connect provider
	WeChatPage   = "wechat-page"   // a page in WeChat's browser, outside the mini-program
	WeChatPlugin = "wechat-plugin" // our plugin in somebody else's mini-program
	AlipayPlugin = "alipay-plugin"
)

// Identity is who a platform says has just logged in. The vendor's session keys
// and access tokens are deliberately absent: they die inside the adapter.
type Identity struct {
	Platform string // WeChat or Alipay
	AppID    string // the mini-program they logged in to
	OpenID   string // who they are to that mini-program; never empty
	UnionID  string // who they are to all of the maker's apps; often empty
}
