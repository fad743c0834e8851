package simulator

// number is a user's phone number.
type number struct{ country, digits string }

// SetPhone gives the user a phone number, in a country that is dialled so: "86".
func (s *Simulator) SetPhone(user, country, digits string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbers[user] = number{country, digits}
}

// PressPhone is the user pressing the button open-type="getPhoneNumber" and
// agreeing: the code that the page gets, 64 characters long.
func (s *Simulator) PressPhone(appID, user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.app(appID)
	a.come(user, s.now())
	return s.give(a, code{purpose: toTellPhone, user: user}, 64)
}

// phoneNumber answers wxa/business/getuserphonenumber, page getPhoneNumber. Who has
// no number cannot press the button; a user that was given none has one that
// nobody else has. That a used code is 40029 as well is told by those who met it.
func (s *Simulator) phoneNumber(a *app, in struct{ Code string }) any {
	c := a.good(in.Code, toTellPhone, s.now())
	if c == nil || c.used {
		return s.failed(40029, "invalid code")
	}
	c.used = true
	n, known := s.numbers[c.user]
	if !known {
		n = number{"86", "138" + decimals(c.user)}
	}
	whole := n.digits
	if n.country != "86" {
		whole = "+" + n.country + n.digits
	}
	return ok(map[string]any{"phone_info": map[string]any{
		"phoneNumber": whole, "purePhoneNumber": n.digits, "countryCode": n.country,
		"watermark": map[string]any{"timestamp": s.now().Unix(), "appid": a.id},
	}})
}

// decimals are eight digits that depend on s.
func decimals(s string) string {
	digits := []byte(digest(s)[:8])
	for i, b := range digits {
		digits[i] = '0' + b%10
	}
	return string(digits)
}
