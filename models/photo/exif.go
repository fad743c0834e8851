package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
)

var errSurprised = errors.New("the decoder gave up")

func isJPEG(b []byte) bool { return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) }

func isPNG(b []byte) bool { return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) }

func isWebP(b []byte) bool {
	return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP"
}

// exifOfJPEG looks for the APP1 segment that EXIF stands in (JEITA CP-3451C, 4.5.4).
func exifOfJPEG(b []byte) []byte {
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff && b[1] != 0xda; {
		length := int(binary.BigEndian.Uint16(b[2:])) // with its own two bytes
		if length < 2 || len(b) < 2+length {
			return nil
		}
		if exif, ok := bytes.CutPrefix(b[4:2+length], []byte("Exif\x00\x00")); ok && b[1] == 0xe1 {
			return exif
		}
		b = b[2+length:]
	}
	return nil
}

// exifOfPNG looks for the eXIf chunk (PNG, third edition, 11.3.4.5).
func exifOfPNG(b []byte) []byte {
	for b = b[8:]; len(b) >= 12; {
		length := binary.BigEndian.Uint32(b)
		if uint64(len(b)) < 12+uint64(length) {
			return nil
		}
		if string(b[4:8]) == "eXIf" {
			return b[8 : 8+length]
		}
		b = b[12+length:]
	}
	return nil
}

// exifOfWebP looks for the EXIF chunk of an extended file (RFC 9649, 2.7).
func exifOfWebP(b []byte) []byte {
	exif, _ := chunkOfWebP(b, "EXIF")
	return bytes.TrimPrefix(exif, []byte("Exif\x00\x00")) // which some write
}

// plainWebP is the first picture in the file as a file of its own. What an extended
// file says about its size need not be true of the picture in it, and only the
// picture's own word may be believed before it is decoded.
func plainWebP(b []byte) []byte {
	for _, name := range []string{"VP8 ", "VP8L"} {
		if body, ok := chunkOfWebP(b, name); ok {
			out := append([]byte("RIFF\x00\x00\x00\x00WEBP"), name...)
			out = binary.LittleEndian.AppendUint32(out, uint32(len(body)))
			out = append(out, body...)
			if len(body)%2 == 1 {
				out = append(out, 0)
			}
			binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
			return out
		}
	}
	return nil
}

// chunkOfWebP is the body of the first chunk of that name.
func chunkOfWebP(b []byte, name string) ([]byte, bool) {
	for b = b[12:]; len(b) >= 8; {
		length := uint64(binary.LittleEndian.Uint32(b[4:]))
		if uint64(len(b)) < 8+length {
			return nil, false
		}
		if string(b[:4]) == name {
			return b[8 : 8+length], true
		}
		b = b[min(8+length+length%2, uint64(len(b))):]
	}
	return nil, false
}

// orientationTag is where EXIF says how the phone was held.
const orientationTag = 0x0112

// orientation reads that tag, which is 1 to 8, out of a TIFF structure. Whatever
// cannot be read is 1: as it stands.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == orientationTag {
			if value := int(order.Uint16(entries[8:])); value >= 1 && value <= 8 {
				return value
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}
