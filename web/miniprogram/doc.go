// Package miniprogram is where the shells and plugins live that residents install
// with WeChat and Alipay. No Go runs in them: this package holds their tests.
//
// What is the same in several of them has one source, in source and ../pass, and is
// copied by go generate into their lib folders, and from an app's plugin into its shell;
// a test compares the copies.
package miniprogram

//go:generate cp ../pass/pass.js ../pass/qr.js ../pass/sha256.js wechat/shell/lib
//go:generate cp ../pass/pass.js ../pass/qr.js ../pass/sha256.js wechat/plugin/lib
//go:generate cp ../pass/pass.js ../pass/qr.js ../pass/sha256.js alipay/shell/lib
//go:generate cp ../pass/pass.js ../pass/qr.js ../pass/sha256.js alipay/plugin/lib
//go:generate cp source/clock.js source/face.js source/service.js source/session.js source/texts.js wechat/shell/lib
//go:generate cp source/clock.js source/face.js source/service.js source/session.js source/texts.js wechat/plugin/lib
//go:generate cp source/clock.js source/face.js source/service.js source/session.js source/texts.js alipay/shell/lib
//go:generate cp source/clock.js source/face.js source/service.js source/session.js source/texts.js alipay/plugin/lib
//go:generate cp -r source/shell/. wechat/shell/lib
//go:generate cp -r source/shell/. alipay/shell/lib
//go:generate cp -r source/plugin/. wechat/plugin/lib
//go:generate cp -r source/plugin/. alipay/plugin/lib
//go:generate cp -r wechat/plugin/components/health-pass/. wechat/shell/components/health-pass
//go:generate cp -r alipay/plugin/components/health-pass/. alipay/shell/components/health-pass
//go:generate cp wechat/plugin/basics.js wechat/shell
//go:generate cp alipay/plugin/basics.js alipay/shell
