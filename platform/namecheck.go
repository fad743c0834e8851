package platform

import "healthcode/models"

// NameCheck is a real-name check: whether the person in front of the phone is the
// one whose identity card it is. Both super-apps check mainland identity cards
// and nothing else.
type NameCheck struct {
	Order    string // our own number of it, a ULID
	Vendor   string // the platform's number, once it has begun
	Name     models.Name
	Document models.Document
	OpenID   string // who asks, to the mini-program
}

// NameStarted is what the shell hands to its platform to go on with.
type NameStarted struct {
	Vendor string // the platform's number of the check
	URL    string // where Alipay goes on; empty in WeChat
}
