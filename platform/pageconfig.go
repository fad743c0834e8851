package platform

// PageConfig is what a page in WeChat's browser hands to wx.config, which calls
// the fields appId, timestamp, nonceStr and signature.
type PageConfig struct {
	AppID     string
	Timestamp int64 // seconds since 1970
	Nonce     string
	Signature string
}
