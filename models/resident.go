package models

import "time"

// Resident is a person with a code.
type Resident struct {
	ID           string
	AccountID    string // the account that this request came with; "" when read by staff
	SessionID    string
	Jurisdiction string // home, whose rules decide
	CommunityID  string
	Name         Name
	Document     Document
	Phone        Phone
	Verified     bool   // the platform or a worker has checked the document
	Pending      bool   // the registration is waiting for its review
	Refusal      string // why the community refused it; "" otherwise
	CreatedAt    time.Time
}

// Registration is what somebody says about themselves when they register.
type Registration struct {
	Name      Name
	Document  Document
	Phone     Phone
	Community string
	Guardian  Name // required for a child under 14: who consents for them
	Consents  []Consent
}
