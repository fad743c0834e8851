// Package photo makes a picture that somebody sends fit to be kept: of a known
// kind, of a bounded size, turned the right way up, and with nothing in it but
// pixels. Where a phone writes the place and the time into a picture, they end
// here.
package photo

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"healthcode/models"
)

// What is taken, and what is made of it.
const (
	Limit = 8 << 20 // bytes that may come

	pixels  = 50_000_000 // in the picture that comes, before it is decoded
	deep    = 25_000_000 // the same where each has eight bytes
	longest = 1600       // pixels of the longer side of what is kept
	kept    = 600_000    // bytes of what is kept
)

// format is one kind of picture that is taken.
type format struct {
	begins func([]byte) bool
	config func([]byte) (image.Config, error)
	decode func([]byte) (image.Image, error)
	exif   func([]byte) []byte // the TIFF structure in it that says how the phone was held
}

var formats = []format{
	{isJPEG,
		func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) }, exifOfJPEG},
	{isPNG,
		func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) }, exifOfPNG},
	{isWebP,
		func(b []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(plainWebP(b))) },
		func(b []byte) (image.Image, error) { return webp.Decode(bytes.NewReader(plainWebP(b))) }, exifOfWebP},
}

// Clean reads a JPEG, PNG or WebP, by what its bytes say and nothing else, and
// gives a JPEG of its pixels. What is refused is refused before memory is spent
// on it.
func Clean(r []byte) ([]byte, error) {
	if len(r) > Limit {
		return nil, models.Refuse(models.ReasonPhotoTooLarge)
	}
	for _, f := range formats {
		if f.begins(r) {
			return f.clean(r)
		}
	}
	return nil, models.Refuse(models.ReasonPhotoType)
}

func (f format) clean(r []byte) ([]byte, error) {
	config, err := f.config(r)
	if err != nil || config.Width <= 0 || config.Height <= 0 {
		return nil, models.Refuse(models.ReasonPhotoUnreadable).Because(err)
	}
	most := pixels
	switch config.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		most = deep
	}
	if config.Width > most/config.Height {
		return nil, models.Refuse(models.ReasonPhotoTooLarge)
	}
	full, err := f.read(r)
	if err != nil {
		return nil, models.Refuse(models.ReasonPhotoUnreadable).Because(err)
	}
	return encode(full, orientation(f.exif(r)))
}

// read decodes the picture. A decoder that is surprised by its input has not read
// it either.
func (f format) read(r []byte) (full image.Image, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			full, err = nil, errSurprised
		}
	}()
	return f.decode(r)
}

// encode writes the picture as well as the bytes allow: first less exactly, then
// smaller.
func encode(full image.Image, orientation int) ([]byte, error) {
	for side := longest; ; side = side * 3 / 4 {
		upright := turn(shrink(full, side), orientation)
		for _, quality := range []int{85, 70, 55, 40} {
			var b bytes.Buffer
			if err := jpeg.Encode(&b, upright, &jpeg.Options{Quality: quality}); err != nil {
				return nil, err
			}
			if b.Len() <= kept {
				return b.Bytes(), nil
			}
		}
	}
}
