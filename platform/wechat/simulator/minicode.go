package simulator

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"regexp"
	"slices"
)

// MiniCode is a mini code that the app had drawn.
type MiniCode struct{ Scene, Page string }

// sceneShape is what the page getUnlimitedQRCode allows in a scene.
var sceneShape = regexp.MustCompile(`^[0-9A-Za-z!#$&'()*+,/:;=?@._~-]*$`)

// MiniCodes are those that the app had drawn, in turn.
func (s *Simulator) MiniCodes(appID string) []MiniCode {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.app(appID).miniCodes)
}

// miniCode answers wxa/getwxacodeunlimit, page getUnlimitedQRCode. The page is one
// that is published, without a slash before it or a query behind; 40129 is on no
// page any more, and told by many who met it.
func (s *Simulator) miniCode(a *app, in struct {
	Scene     string
	Page      string
	CheckPath *bool `json:"check_path"`
}) any {
	switch {
	case in.Scene == "" || len(in.Scene) > 32:
		return s.failed(40169, "invalid length for scene, or the data is not json string")
	case !sceneShape.MatchString(in.Scene):
		return s.failed(40129, "invalid scene")
	case in.Page != "" && (in.CheckPath == nil || *in.CheckPath) && !a.pages[in.Page]:
		return s.failed(41030, "invalid page")
	}
	a.miniCodes = append(a.miniCodes, MiniCode{in.Scene, in.Page})
	return picture(in.Scene)
}

// picture is a JPEG that depends on s, and says nothing of it.
func picture(s string) []byte {
	img := image.NewGray(image.Rect(0, 0, 32, 32))
	for i, b := range []byte(digest(s)) {
		for bit := range 8 {
			img.SetGray(i, bit*4, color.Gray{Y: 255 * (b >> bit & 1)})
		}
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, nil) // into memory
	return b.Bytes()
}
