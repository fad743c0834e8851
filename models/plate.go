package models

import (
	"regexp"
	"strings"
)

// Plate is the number plate of a car or a lorry. It prints masked, as 浙A***45.
type Plate struct{ masked }

// The plates of the mainland (GA 36): the province, the letter of the city, and then
// no I and no O. Those of cars that run on electricity have eight characters: small
// ones with the letter of what drives them third, large ones with it last. Missions
// of other states have their own.
var (
	ordinaryPlate = regexp.MustCompile(`^[` + plateProvinces + `][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9学警挂港澳领试超]$`)
	electricPlate = regexp.MustCompile(`^[` + plateProvinces + `][A-HJ-NP-Z]([A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK])$`)
	missionPlate  = regexp.MustCompile(`^(使[0-9]{6}|[0-9]{6}使)$`)
)

const plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// ParsePlate reads a plate. Full-width characters, lower case, spaces, hyphens and the
// dot in the middle are put right; anything else that is wrong is plate.invalid.
func ParsePlate(s string) (Plate, error) {
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -·•.・　", r) {
			return -1
		}
		return narrow(r)
	}, s))
	if !ordinaryPlate.MatchString(s) && !electricPlate.MatchString(s) && !missionPlate.MatchString(s) {
		return Plate{}, Refuse(ReasonPlateInvalid)
	}
	return Plate{newMasked(s, maskMiddle(s, 2, 2))}, nil
}
