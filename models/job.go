package models

import "time"

// JobKind is what a job does.
type JobKind string

// The kinds of job. One that is due never ends: it decides anew about everybody
// whose decision time has overtaken.
const (
	JobDryRun   JobKind = "dry_run"  // what a draft would make of everybody; the subject is the draft
	JobRedecide JobKind = "redecide" // decide anew about everybody; the subject is the publication
	JobProposal JobKind = "proposal" // decide anew about those whom a proposal is about; the subject is the proposal
	JobDue      JobKind = "due"
)

// JobState is how far a job is.
type JobState string

// The states of a job.
const (
	JobOpen   JobState = "open"
	JobDone   JobState = "done"
	JobFailed JobState = "failed" // something could not be read: somebody must look
)

// Job is work on many residents that goes on through restarts, a batch at a time.
type Job struct {
	ID           string
	Kind         JobKind
	Jurisdiction string // those who live there or below; [Root] for everybody
	Subject      string // id of what it is about
	People       int64  // how many it has dealt with
	Total        int64  // how many there are, as counted when it began
	Changed      int64  // of those that it decided anew, how many have another colour
	State        JobState
	DryRun       DryRun // of a dry run, so far
	CreatedBy    string
	CreatedAt    time.Time
	EndedAt      time.Time
}

// Done reports whether the job has dealt with everybody.
func (j Job) Done() bool { return j.State == JobDone }

// DryRun is what would become of people: counts, and the ids of some residents.
type DryRun struct {
	People      int64             `json:"people"`
	Reddened    int64             `json:"reddened"` // would be red and are not
	Transitions []Transition      `json:"transitions,omitempty"`
	Rules       []RuleChange      `json:"rules,omitempty"`
	Communities []CommunityChange `json:"communities,omitempty"`
	Samples     []Sample          `json:"samples,omitempty"`
}

// Transition is how many people go from one colour to another, or stay.
type Transition struct {
	From   Colour `json:"from"`
	To     Colour `json:"to"`
	People int64  `json:"people"`
}

// Worse reports whether the colour gets worse.
func (t Transition) Worse() bool { return t.To > t.From }

// RuleChange is for how many people a rule begins and ceases to speak.
type RuleChange struct {
	Rule  string `json:"rule"`
	Began int64  `json:"began"`
	Ended int64  `json:"ended"`
}

// CommunityChange is how many of one community go from one colour to another.
type CommunityChange struct {
	Community string `json:"community"`
	Transition
}

// SamplesKept is how many residents are named of each transition that worsens.
const SamplesKept = 20

// Sample names some residents whose colour would get worse.
type Sample struct {
	From      Colour   `json:"from"`
	To        Colour   `json:"to"`
	Residents []string `json:"residents"`
}
