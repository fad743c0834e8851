package photo

import (
	"image"
	"image/color"
	"image/draw"
)

// shrink draws the picture on white paper, so that its longer side is no more
// than that. Each pixel is the mean of those that it stands for; they are read a
// few rows at a time, so that a large picture is in memory once and not twice.
func shrink(full image.Image, side int) *image.RGBA {
	from := full.Bounds()
	width, height := from.Dx(), from.Dy()
	if larger := max(width, height); larger > side {
		width, height = max(1, width*side/larger), max(1, height*side/larger)
	}
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	strip := image.NewRGBA(image.Rect(0, 0, from.Dx(), from.Dy()/height+1))
	for y := range height {
		top, bottom := y*from.Dy()/height, (y+1)*from.Dy()/height
		rows := strip.SubImage(image.Rect(0, 0, from.Dx(), bottom-top)).(*image.RGBA)
		draw.Draw(rows, rows.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(rows, rows.Bounds(), full, image.Pt(from.Min.X, from.Min.Y+top), draw.Over)
		for x := range width {
			small.SetRGBA(x, y, mean(rows, x*from.Dx()/width, (x+1)*from.Dx()/width))
		}
	}
	return small
}

// mean is what the columns from left to right have on average.
func mean(rows *image.RGBA, left, right int) color.RGBA {
	var r, g, b, n int
	for y := range rows.Rect.Dy() {
		for at := y*rows.Stride + 4*left; at < y*rows.Stride+4*right; at += 4 {
			r, g, b, n = r+int(rows.Pix[at]), g+int(rows.Pix[at+1]), b+int(rows.Pix[at+2]), n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 0xff}
}

// turn gives the picture as it was seen, by what EXIF says of how the phone was
// held: 1 is upright, 3 upside down, 6 and 8 on its sides, the others mirrored.
func turn(in *image.RGBA, orientation int) *image.RGBA {
	width, height := in.Rect.Dx(), in.Rect.Dy()
	if orientation == 1 {
		return in
	}
	out := image.NewRGBA(in.Rect)
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, height, width))
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			fromX, fromY := x, y
			if orientation >= 5 {
				fromX, fromY = y, x
			}
			switch orientation {
			case 2, 3, 7, 8:
				fromX = width - 1 - fromX
			}
			switch orientation {
			case 3, 4, 6, 7:
				fromY = height - 1 - fromY
			}
			out.SetRGBA(x, y, in.RGBAAt(fromX, fromY))
		}
	}
	return out
}
