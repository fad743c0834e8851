package alipay

import (
	"context"
	"net/url"
	"strings"
	"unicode/utf8"

	"healthcode/models"
)

// QRCode makes a code that opens a page of the mini-program, by
// alipay.open.app.qrcode.create, and returns the address of its picture. path has
// neither a slash in front nor a query, query is what the mini-program's onLaunch
// gets, and description stands below the picture. Source of the lengths: the
// method's page. A repetition makes another code, and both stay good.
func (a *App) QRCode(ctx context.Context, path, query, description string) (string, error) {
	for _, field := range []struct {
		name, text string
		longest    int
	}{{"path", path, 256}, {"query", query, 256}, {"description", description, 32}} {
		if field.text == "" || utf8.RuneCountInString(field.text) > field.longest {
			return "", models.Refuse(models.ReasonFieldBad).On(field.name)
		}
	}
	if strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") {
		return "", models.Refuse(models.ReasonFieldBad).On("path")
	}
	var made struct {
		Address string `json:"qr_code_url"`
	}
	err := a.ask(ctx, payload("alipay.open.app.qrcode.create", map[string]any{"url_param": path, "query_param": query,
		"describe": description}), nil, &made)
	if err != nil {
		return "", err
	}
	address, err := url.Parse(made.Address)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Host == "" {
		return "", lying("a picture without an address")
	}
	return made.Address, nil
}
