package web

import (
	"fmt"
	"image"
	"regexp"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"healthcode/models"
)

var market = models.Venue{ID: "v1", Name: models.Text{"zh": "翠苑农贸市场", "en": "Cuiyuan market"}}

// TestPosterScans draws the poster's SVG and reads it as a phone would.
func TestPosterScans(t *testing.T) {
	t.Parallel()
	const url = "https://code.example/door#8f3kQ2ZzT0y5mWc1"
	p, err := NewPosterPage(page("zh"), market, url)
	if err != nil {
		t.Fatal(err)
	}
	svg := string(p.Code)
	var size int
	if _, err := fmt.Sscanf(svg[strings.Index(svg, "viewBox"):], `viewBox="0 0 %d`, &size); err != nil {
		t.Fatal(err)
	}
	img := paint(t, Drawing{size, svg})
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	if read.GetText() != url {
		t.Errorf("read %q", read.GetText())
	}
}

// runs are the dark modules of a drawing, as rectangles.
func runs(t *testing.T, path string) (list []image.Rectangle) {
	t.Helper()
	for _, run := range regexp.MustCompile(`M\d+ \d+h\d+v1`).FindAllString(path, -1) {
		var x, y, width int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1", &x, &y, &width); err != nil {
			t.Fatal(err)
		}
		list = append(list, image.Rect(x, y, x+width, y+1))
	}
	return list
}

func TestPosterSpeaksBoth(t *testing.T) {
	t.Parallel()
	p, err := NewPosterPage(page("en"), market, "https://code.example/door#x")
	if err != nil {
		t.Fatal(err)
	}
	p.Phone = "0571-88880001"
	html := rendered(t, p)
	for _, want := range []string{"翠苑农贸市场", "Cuiyuan market", "微信", "WeChat", "支付宝", "Alipay", "0571-88880001", "扫一扫"} {
		if !strings.Contains(html, want) {
			t.Errorf("the poster lacks %s", want)
		}
	}
	if _, err := NewPosterPage(page("en"), market, strings.Repeat("x", 3000)); err == nil {
		t.Error("a URL that fits no code was drawn")
	}
}
