package models

import "time"

// NoticeKind is what a resident is told of.
type NoticeKind string

// The kinds of notice.
const (
	NoticeColour NoticeKind = "colour" // a decision gave them another colour
	NoticeReview NoticeKind = "review" // something of theirs was judged
	NoticePassed NoticeKind = "passed" // the district answers their appeal now
)

// OfReview reports whether the subject is a review.
func (k NoticeKind) OfReview() bool { return k == NoticeReview || k == NoticePassed }

// Notice tells a resident of something that happened to them. It holds no words:
// they are made of its subject when it is read, in the reader's language.
type Notice struct {
	ID         string
	ResidentID string
	Kind       NoticeKind
	Subject    string // id of the decision or of the review
	At         time.Time
	ReadAt     time.Time // zero until then
}

// Read reports whether the resident has read it.
func (n Notice) Read() bool { return !n.ReadAt.IsZero() }
