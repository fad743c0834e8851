package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"healthcode/config"
	"healthcode/platform/alipay"
	"healthcode/platform/wechat"
)

// codeCommand makes what brings people into the mini-programs from outside: from
// paper, a text message or a screen in the street.
type codeCommand struct {
	WeChat wechatCodeCommand `cmd:"" name:"wechat" help:"Draw a mini code (小程序码) that opens a page of the WeChat mini-program."`
	Alipay alipayCodeCommand `cmd:"" name:"alipay" help:"Make a code that opens a page of the Alipay mini-program, and print its picture's address."`
	Link   linkCodeCommand   `cmd:"" name:"link" help:"Make an https link for text messages that opens a page of the WeChat mini-program."`
}

var errNotSet = errors.New("that app is not configured")

type wechatCodeCommand struct {
	Page  string `arg:"" help:"The page, such as pages/index/index."`
	Scene string `arg:"" help:"What the page is told, 32 characters at the most."`
	File  string `arg:"" help:"JPEG to write."`
}

// Run draws it. A file that is there is not written over.
func (c wechatCodeCommand) Run(at surroundings) error {
	app, err := wechatApp(at)
	if err != nil {
		return err
	}
	picture, err := app.MiniCode(at.ctx, c.Scene, c.Page)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return errors.New("the picture cannot be written: " + c.File + " is there already, or its folder is not")
	}
	_, err = f.Write(picture)
	return errors.Join(err, f.Close())
}

type linkCodeCommand struct {
	Page  string `arg:"" help:"The page, such as pages/index/index."`
	Query string `help:"What stands behind the page's question mark."`
	Days  int    `default:"30" help:"How long the link is good, thirty days at the most."`
}

func (c linkCodeCommand) Run(at surroundings) error {
	app, err := wechatApp(at)
	if err != nil {
		return err
	}
	link, err := app.URLLink(at.ctx, c.Page, c.Query, time.Now().Add(time.Duration(c.Days)*24*time.Hour))
	if err != nil {
		return err
	}
	fmt.Fprintln(at.out, link)
	return nil
}

type alipayCodeCommand struct {
	Page        string `arg:"" help:"The page, such as pages/index/index."`
	Query       string `arg:"" help:"What the mini-program is told as it starts."`
	Description string `arg:"" help:"What stands below the picture."`
}

func (c alipayCodeCommand) Run(at surroundings) error {
	settings, err := config.Load(at.lookup)
	if err != nil {
		return err
	}
	if settings.AlipayAppID == "" {
		return errNotSet
	}
	app, err := alipay.New(alipayConfig(settings, at.outside))
	if err != nil {
		return err
	}
	address, err := app.QRCode(at.ctx, c.Page, c.Query, c.Description)
	if err != nil {
		return err
	}
	fmt.Fprintln(at.out, address)
	return nil
}

func wechatApp(at surroundings) (*wechat.App, error) {
	settings, err := config.Load(at.lookup)
	if err != nil {
		return nil, err
	}
	if settings.WeChatAppID == "" {
		return nil, errNotSet
	}
	return wechat.New(wechatConfig(settings.WeChatAppID, settings.WeChatSecret, at.outside))
}
