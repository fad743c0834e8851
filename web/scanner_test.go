package web

import (
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oklog/ulid/v2"
	"github.com/skip2/go-qrcode"
)

// picture is what the tests of web/test are given to read.
type picture struct {
	Name     string `json:"name"`
	Text     string `json:"text"` // "" when nothing is to be found
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Pixels   []byte `json:"pixels"` // RGBA
	Thorough bool   `json:"thorough"`
}

// photograph puts a code of that many pixels somewhere onto a grey ground.
func photograph(t *testing.T, p picture, size int, at image.Point) picture {
	t.Helper()
	ground := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	draw.Draw(ground, ground.Rect, image.NewUniform(color.Gray{Y: 120}), image.Point{}, draw.Src)
	if p.Text != "" {
		code, err := qrcode.New(p.Text, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		if p.Thorough {
			code.ForegroundColor, code.BackgroundColor = color.White, color.Black
		}
		draw.Draw(ground, image.Rect(0, 0, size, size).Add(at), code.Image(size), image.Point{}, draw.Src)
	}
	p.Pixels = ground.Pix
	return p
}

func pictures(t *testing.T) string {
	t.Helper()
	pass := "https://code.example/p#" + strings.Repeat("0123456789", 28) + "01234567"
	all := []picture{
		photograph(t, picture{Name: "a pass that fills the picture", Text: pass, Width: 400, Height: 400}, 400, image.Point{}),
		photograph(t, picture{Name: "a pass in a corner", Text: pass, Width: 640, Height: 640}, 300, image.Pt(320, 17)),
		photograph(t, picture{Name: "a poster", Text: "https://code.example/door#DOOR1", Width: 640, Height: 480}, 200, image.Pt(50, 90)),
		photograph(t, picture{Name: "light on dark", Text: pass, Width: 500, Height: 500, Thorough: true}, 420, image.Pt(40, 40)),
		photograph(t, picture{Name: "no code", Width: 320, Height: 240}, 0, image.Point{}),
	}
	body, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "pictures.json")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func node(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("node is missing")
	}
	if err != nil {
		t.Skip("node is missing")
	}
	return path
}

// TestScanner runs the tests of the scanner on pictures that Go has drawn.
func TestScanner(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), node(t), "--test", "test/scanner.test.js")
	cmd.Env = append(os.Environ(), "PICTURES="+pictures(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestScannerULID reads an id that the page made with the library that the store
// reads it with.
func TestScannerULID(t *testing.T) {
	t.Parallel()
	const script = `process.stdout.write(require("./static/scanner.js").ulid(1700000000123.9))`
	out, err := exec.CommandContext(t.Context(), node(t), "-e", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	id, err := ulid.ParseStrict(string(out))
	if err != nil {
		t.Fatal(err)
	}
	if id.Time() != 1700000000123 || id.String() != string(out) {
		t.Errorf("%s is of %d", out, id.Time())
	}
}
