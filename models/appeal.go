package models

import (
	"strings"
	"time"
)

// How long an appeal may wait. What the community has not answered in its time is
// the district's by itself, and so is from the beginning whatever is above a
// community: an order.
const (
	AppealCommunity = 24 * time.Hour
	AppealDistrict  = 48 * time.Hour
)

// AppealPhotos is how many pictures an appeal may have, and appealWords how many
// characters.
const (
	AppealPhotos = 3
	appealWords  = 500
)

// TargetKind is what sort of thing somebody objects to.
type TargetKind string

// The kinds of target.
const (
	TargetDecision TargetKind = "decision"
	TargetFact     TargetKind = "fact"
	TargetRecord   TargetKind = "record" // a test or a vaccination
)

// Target is what an appeal is against.
type Target struct {
	Kind TargetKind
	ID   string
}

// Appeal is a resident's objection, with a clock on it.
type Appeal struct {
	ID         string
	ResidentID string
	Target     Target
	Facts      []string // ids of the evidence that it contests; see [RecordID]
	Withdrawn  []string // those of them that count no longer
	Words      string
	Photos     []string // their ids
	At         time.Time
	Review     Review // where it stands, and the answer
}

// NewAppeal checks what somebody objects to and says about it; all that is wrong
// is told at once.
func NewAppeal(target Target, words string, photos []string) (Appeal, error) {
	var ps Problems
	switch target.Kind {
	case TargetDecision, TargetFact, TargetRecord:
	default:
		ps.Add("target.kind", Refuse(ReasonFieldBad))
	}
	if target.ID == "" {
		ps.Add("target.id", Refuse(ReasonFieldMissing))
	}
	words = strings.TrimSpace(words)
	if words == "" {
		ps.Add("words", Refuse(ReasonFieldMissing))
	} else if len([]rune(words)) > appealWords {
		ps.Add("words", Refuse(ReasonAnswerTooLong))
	}
	if len(photos) > AppealPhotos {
		ps.Add("photos", Refuse(ReasonPhotoTooMany))
	}
	return Appeal{Target: target, Words: words, Photos: photos}, ps.Err()
}

// RecordID is how a vaccination stands among the evidence that an appeal contests:
// it is no fact, and has an id of another kind.
func RecordID(vaccination string) string { return "vaccination:" + vaccination }

// Withdrawal is the source under which a piece of contested evidence is withdrawn.
func Withdrawal(id string) string {
	if strings.HasPrefix(id, RecordID("")) {
		return id
	}
	return "fact:" + id
}

// Contestable reports whether an appeal can take this fact back. That a document
// was checked is no evidence against anybody, and who is who is not for an appeal.
func (k FactKind) Contestable() bool { return k != FactVerified }

// Spoke is the ids of the facts that made the decision's rules speak. Where rules
// name none, it is all that the decision was taken from.
func (d Decision) Spoke() []string {
	var ids []string
	for _, r := range d.Reasons {
		ids = append(ids, r.Facts...)
	}
	if len(ids) == 0 && len(d.Reasons) > 0 {
		return d.Facts
	}
	return ids
}

// As is the review as it stands at that instant, whether or not that has been
// written down yet: an appeal that its community has let lie is the district's, and
// in nobody's hands.
func (r Review) As(now time.Time) Review {
	if r.Kind != ReviewAppeal || r.Level != LevelCommunity || r.State.Done() || now.Before(r.DueAt) {
		return r
	}
	r.Level, r.State, r.ClaimedBy, r.DueAt = LevelDistrict, ReviewOpen, "", r.DueAt.Add(AppealDistrict)
	return r
}

// Late reports whether nobody judged it in time, and nobody is above them.
func (r Review) Late(now time.Time) bool { return !r.State.Done() && now.After(r.DueAt) }
