package pass

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"rsc.io/qr/coding"
)

const scripts = "../../web/pass"

// node runs Node.js in web/pass. Without it the test is skipped, but not under CI.
func node(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("node is missing")
		}
		t.Skip("node is missing")
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir, cmd.Stdin, cmd.Stderr = scripts, bytes.NewReader(stdin), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node %v: %v\n%s%s", args, err, out, &stderr)
	}
	return out
}

// TestJavaScript runs the tests of web/pass, which read the same vectors.
func TestJavaScript(t *testing.T) {
	t.Parallel()
	tests, err := filepath.Glob(scripts + "/test/*.test.js")
	if err != nil || len(tests) == 0 {
		t.Fatal("no tests", err)
	}
	args := []string{"--test"}
	for _, test := range tests {
		args = append(args, "test/"+filepath.Base(test))
	}
	node(t, nil, args...)
}

// asked and drawn are what web/pass/test/draw.js reads and writes.
type asked struct {
	Prefix string `json:"prefix"`
	Digits string `json:"digits"`
	Mask   *int   `json:"mask,omitempty"` // nil lets the encoder choose
	Side   int    `json:"side"`           // of the canvas, in pixels
}

type drawn struct {
	Modules string `json:"modules"`
	Side    int    `json:"side"`
	Pixels  string `json:"pixels"`
}

func draw(t *testing.T, all []asked) []drawn {
	t.Helper()
	in, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var out []drawn
	if err := json.Unmarshal(node(t, in, "test/draw.js"), &out); err != nil || len(out) != len(all) {
		t.Fatalf("%d drawn of %d: %v", len(out), len(all), err)
	}
	return out
}

func scan(t *testing.T, d drawn) (string, string) {
	t.Helper()
	pixels, err := base64.StdEncoding.DecodeString(d.Pixels)
	if err != nil {
		t.Fatal(err)
	}
	img := &image.Gray{Pix: pixels, Stride: d.Side, Rect: image.Rect(0, 0, d.Side, d.Side)}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	level, _ := read.GetResultMetadata()[gozxing.ResultMetadataType_ERROR_CORRECTION_LEVEL].(string)
	return read.GetText(), level
}

// TestDrawnCodeOpens goes from the pixels that JavaScript draws to an opened pass.
func TestDrawnCodeOpens(t *testing.T) {
	t.Parallel()
	s := signer(t, 7)
	g, seed := mint(t, s, input(time.Hour))
	longest := "https://" + strings.Repeat("x", 18) + ".cn#"
	if len(longest) != MaxPrefix || CheckPrefix(longest) != nil {
		t.Fatal("not the longest prefix")
	}
	var all []asked
	for i, front := range []string{prefix, longest, "https://a.cn/#"} {
		for slot := range 20 {
			digits := show(t, g, seed, start.Add(time.Duration(slot)*Slot)).Text("")
			all = append(all, asked{Prefix: front, Digits: digits, Side: []int{240, 300, 342, 1024}[(i+slot)%4]})
		}
	}
	for i, d := range draw(t, all) {
		text, level := scan(t, d)
		if text != all[i].Prefix+all[i].Digits || level != "M" || len(d.Modules) != 49*49 {
			t.Fatalf("%d: %s, level %s, %d modules", i, text, level, len(d.Modules))
		}
		p, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		o, err := trusting(s).Open(p, start.Add(time.Duration(i%20)*Slot))
		if err != nil || o.Slot != i%20 {
			t.Errorf("%d: slot %d: %v", i, o.Slot, err)
		}
	}
}

// TestEveryModule compares the codes with those of another encoder, for each mask.
func TestEveryModule(t *testing.T) {
	t.Parallel()
	g, seed := mint(t, signer(t, 7), input(time.Hour))
	var all []asked
	for mask := range 8 {
		for _, front := range []string{prefix, "https://" + strings.Repeat("x", 18) + ".cn#", ""} {
			digits := show(t, g, seed, start.Add(time.Duration(mask)*Slot)).Text("")
			all = append(all, asked{Prefix: front, Digits: digits, Mask: &mask, Side: 57})
		}
	}
	for i, d := range draw(t, all) {
		plan, err := coding.NewPlan(8, coding.M, coding.Mask(*all[i].Mask))
		if err != nil {
			t.Fatal(err)
		}
		code, err := plan.Encode(coding.String(all[i].Prefix), coding.Num(all[i].Digits))
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		for y := range code.Size {
			for x := range code.Size {
				want.WriteByte("01"[b2i(code.Black(x, y))])
			}
		}
		if d.Modules != want.String() {
			t.Errorf("mask %d behind %q differs", *all[i].Mask, all[i].Prefix)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
