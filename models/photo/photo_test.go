package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"healthcode/models"
)

// corners is a picture whose four quarters have four colours, red at the top left,
// so that one sees how it was turned.
func corners(width, height int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetRGBA(x, y, quarters[2*(2*y/height)+2*x/width])
		}
	}
	return m
}

var quarters = [4]color.RGBA{{220, 20, 20, 255}, {20, 200, 20, 255}, {20, 20, 220, 255}, {230, 230, 20, 255}}

// seen names the quarter that each corner of the picture shows.
func seen(t *testing.T, clean []byte) (out [4]int, size image.Point) {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(clean))
	if err != nil {
		t.Fatal(err)
	}
	b := m.Bounds()
	for i := range out {
		at := m.At(b.Min.X+b.Dx()/4+i%2*b.Dx()/2, b.Min.Y+b.Dy()/4+i/2*b.Dy()/2)
		out[i] = color.Palette{quarters[0], quarters[1], quarters[2], quarters[3]}.Index(at)
	}
	return out, b.Size()
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is a TIFF structure with an orientation, and a place as phones write it.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	entry := func(tag, kind uint16, count uint32, value ...byte) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		b = append(b, append(value, make([]byte, 4-len(value))...)...)
	}
	entry(0x010f, 2, 4, 'S', 'e', 'l', 0)
	entry(orientationTag, 3, 1, order.AppendUint16(nil, orientation)...)
	entry(0x8825, 4, 1, order.AppendUint32(nil, 50)...)
	return append(b, "\x00\x00\x00\x00GPS 30.2741N 120.1551E 2022:03:14"...)
}

func withEXIF(jpeg, tiff []byte) []byte {
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return bytes.Join([][]byte{jpeg[:2], segment, body, jpeg[2:]}, nil)
}

func chunk(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// TestOrientations: whichever way a phone was held, red is at the top left of what
// is kept, as it was of what was seen. The place and the time are gone.
func TestOrientations(t *testing.T) {
	t.Parallel()
	// What stands where in the file, for each way: EXIF names the visual top of row 0
	// and the visual side of column 0 (JEITA CP-3451C, 4.6.4).
	stored := map[uint16][4]int{1: {0, 1, 2, 3}, 2: {1, 0, 3, 2}, 3: {3, 2, 1, 0}, 4: {2, 3, 0, 1},
		5: {0, 2, 1, 3}, 6: {1, 3, 0, 2}, 7: {3, 1, 2, 0}, 8: {2, 0, 3, 1}}
	for orientation, quarter := range stored {
		m := image.NewRGBA(image.Rect(0, 0, 64, 32))
		for y := range 32 {
			for x := range 64 {
				m.SetRGBA(x, y, quarters[quarter[2*(y/16)+x/32]])
			}
		}
		for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
			tiff := exif(order, orientation)
			files := map[string][]byte{"jpeg": withEXIF(asJPEG(t, m), tiff)}
			plain := asPNG(t, m)
			files["png"] = bytes.Join([][]byte{plain[:33], chunk("eXIf", tiff), plain[33:]}, nil)
			for kind, file := range files {
				clean, err := Clean(file)
				if err != nil {
					t.Fatalf("%d %s %s: %v", orientation, name, kind, err)
				}
				got, size := seen(t, clean)
				want := image.Pt(64, 32)
				if orientation >= 5 {
					want = image.Pt(32, 64)
				}
				if got != [4]int{0, 1, 2, 3} || size != want {
					t.Errorf("%d %s %s: the corners are %v, the size %v", orientation, name, kind, got, size)
				}
				for _, left := range []string{"GPS", "Exif", "30.2741N", "2022", "Sel"} {
					if bytes.Contains(clean, []byte(left)) {
						t.Errorf("%d %s %s: %s is still in it", orientation, name, kind, left)
					}
				}
			}
		}
	}
}

// lossy is a WebP of one pixel, the file that browsers are asked whether they can read.
var lossy = []byte("RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x000\x01\x00\x9d\x01*\x01\x00\x01\x00\x02\x004%\xa4\x00\x03p\x00\xfe\xfb\x94\x00\x00")

func TestKinds(t *testing.T) {
	t.Parallel()
	m := corners(40, 40)
	glass := image.NewNRGBA(image.Rect(0, 0, 8, 8)) // transparent: white paper shows
	for name, file := range map[string][]byte{"jpeg": asJPEG(t, m), "png": asPNG(t, m), "webp": lossy, "grey": asJPEG(t, image.NewGray(m.Rect)),
		"glass": asPNG(t, glass), "deep": asPNG(t, image.NewRGBA64(m.Rect)), "a pixel": asPNG(t, corners(1, 1)), "a line": asPNG(t, corners(3000, 1))} {
		clean, err := Clean(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		config, err := jpeg.DecodeConfig(bytes.NewReader(clean))
		if err != nil || max(config.Width, config.Height) > longest {
			t.Errorf("%s became %v: %v", name, config, err)
		}
	}
	clean, err := Clean(asPNG(t, glass))
	if err != nil {
		t.Fatal(err)
	}
	paper, err := jpeg.Decode(bytes.NewReader(clean))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := paper.At(3, 3).RGBA(); r>>8 < 250 || g>>8 < 250 || b>>8 < 250 {
		t.Error("what is transparent is not white")
	}
}

func TestLargeAndNoisy(t *testing.T) {
	t.Parallel()
	noise := image.NewRGBA(image.Rect(0, 0, 2400, 1200))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(random.UintN(256)) | uint8(i%4/3*255)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, noise, &jpeg.Options{Quality: 98}); err != nil {
		t.Fatal(err)
	}
	clean, err := Clean(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(clean))
	if err != nil || len(clean) > kept || max(config.Width, config.Height) > longest || config.Width != 2*config.Height {
		t.Errorf("%d bytes of %v, %v", len(clean), config, err)
	}
	corner, size := seen(t, must(t)(Clean(asJPEG(t, corners(3200, 1600)))))
	if corner != [4]int{0, 1, 2, 3} || size != image.Pt(1600, 800) {
		t.Errorf("the corners are %v, the size %v", corner, size)
	}
}

func must(t *testing.T) func([]byte, error) []byte {
	return func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

// huge is a PNG that says it is that large, with nothing behind it.
func huge(width, height uint32, depth byte) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	header = append(header, depth, 2, 0, 0, 0)
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", header), chunk("IDAT", []byte{0x78, 1}), chunk("IEND", nil)}, nil)
}

// disguised is a WebP whose outside says one pixel and whose inside says very many.
func disguised() []byte {
	inside := append([]byte(nil), lossy[20:]...)
	binary.LittleEndian.PutUint16(inside[6:], 16383)
	binary.LittleEndian.PutUint16(inside[8:], 16383)
	b := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), make([]byte, 10)...)
	b = binary.LittleEndian.AppendUint32(append(b, "VP8 "...), uint32(len(inside)))
	b = append(b, inside...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

func TestRefused(t *testing.T) {
	t.Parallel()
	whole, plain := asJPEG(t, corners(200, 200)), asPNG(t, corners(200, 200))
	for name, c := range map[string]struct {
		file []byte
		want models.Reason
	}{
		"nothing":               {nil, models.ReasonPhotoType},
		"a page":                {[]byte("<svg onload=alert(1)>"), models.ReasonPhotoType},
		"a GIF":                 {[]byte("GIF89a\x01\x00\x01\x00"), models.ReasonPhotoType},
		"too many bytes":        {append(whole, make([]byte, Limit)...), models.ReasonPhotoTooLarge},
		"too many pixels":       {huge(40000, 40000, 8), models.ReasonPhotoTooLarge},
		"one row too long":      {huge(50_000_001, 1, 8), models.ReasonPhotoTooLarge},
		"more than can be":      {huge(1<<31-1, 1<<31-1, 8), models.ReasonPhotoUnreadable},
		"too deep":              {huge(5001, 5000, 16), models.ReasonPhotoTooLarge},
		"a disguise":            {disguised(), models.ReasonPhotoTooLarge},
		"no height":             {huge(10, 0, 8), models.ReasonPhotoUnreadable},
		"a header":              {huge(10, 10, 8), models.ReasonPhotoUnreadable},
		"half a JPEG":           {whole[:len(whole)/2], models.ReasonPhotoUnreadable},
		"a beginning":           {whole[:3], models.ReasonPhotoUnreadable},
		"half a PNG":            {plain[:len(plain)/2], models.ReasonPhotoUnreadable},
		"half a WebP":           {lossy[:20], models.ReasonPhotoUnreadable},
		"a WebP of nothing":     {lossy[:12], models.ReasonPhotoUnreadable},
		"a PNG that calls JPEG": {append([]byte("\xff\xd8\xff"), plain...), models.ReasonPhotoUnreadable},
	} {
		_, err := Clean(c.file)
		var p *models.Problem
		if !errors.As(err, &p) || p.Reason != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// FuzzClean: whatever comes is a bounded JPEG without anything else in it, or a
// refusal that can be told.
func FuzzClean(f *testing.F) {
	m := corners(24, 16)
	for _, seed := range [][]byte{withEXIF(asJPEG(f, m), exif(binary.LittleEndian, 6)), asPNG(f, m), lossy, disguised(), huge(9, 9, 16), nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		clean, err := Clean(in)
		var p *models.Problem
		if err != nil {
			if !errors.As(err, &p) {
				t.Errorf("an error that is no refusal: %v", err)
			}
			return
		}
		config, err := jpeg.DecodeConfig(bytes.NewReader(clean))
		if err != nil || max(config.Width, config.Height) > longest || len(clean) > kept || bytes.Contains(clean, []byte("Exif")) {
			t.Errorf("%v, %d bytes, %v", config, len(clean), err)
		}
	})
}
