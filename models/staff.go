package models

import (
	"slices"
	"time"
)

// Role is what a member of staff may do.
type Role string

// The roles. Each does its own work and nothing else: an administrator invites
// people and can neither see nor enter anything about a resident, and an auditor
// sees what others did and does nothing.
const (
	RoleGuard          Role = "guard"
	RoleWorker         Role = "worker"
	RoleLead           Role = "lead"           // of a jurisdiction's workers
	RoleEpidemiologist Role = "epidemiologist" // lists places, traces contacts
	RoleOfficer        Role = "officer"
	RoleAuditor        Role = "auditor"
	RoleAdministrator  Role = "administrator"
)

var roles = []Role{RoleGuard, RoleWorker, RoleLead, RoleEpidemiologist, RoleOfficer, RoleAuditor, RoleAdministrator}

// Roles lists those that there are, the commonest first.
func Roles() []Role { return slices.Clone(roles) }

// Valid reports whether r is a role that exists.
func (r Role) Valid() bool { return slices.Contains(roles, r) }

// Judges reports whether the role decides what residents ask for: whoever does gives
// their own document, so that they never judge themselves.
func (r Role) Judges() bool { return r == RoleWorker || r == RoleLead }

// Staff is a member of staff and the part of the tree they work in.
type Staff struct {
	ID           string
	Username     string
	Display      string // how residents see who looked at their record
	Role         Role
	Jurisdiction string
	Communities  []string // those they look after
	VenueID      string   // the gate a guard stands at
	SessionID    string
}

// Worker is a member of staff who reviews. Handlers take one as an argument;
// only the store's own look-up of a session makes one.
type Worker struct{ Staff }

// Gate is a guard at a venue.
type Gate struct {
	Staff
	Venue Venue
}

// Stands refuses to hear of another venue than the one where the guard stands now: where
// somebody was is what the guard's session says, and never what a request does.
func (g Gate) Stands(venue string) error {
	if g.Venue.ID != venue {
		return Refuse(ReasonGateVenueOther).On("venue")
	}
	return nil
}

// Administrator is a member of staff who invites others.
type Administrator struct{ Staff }

// Officer is a member of staff who drafts rules and forms, and publishes those
// that a colleague drafted.
type Officer struct{ Staff }

// Lead is a member of staff who answers what the communities of a jurisdiction did
// not, and makes orders.
type Lead struct{ Staff }

// Epidemiologist is a member of staff who lists places and traces contacts.
type Epidemiologist struct{ Staff }

// Auditor is a member of staff who is told what others did to people's colours.
type Auditor struct{ Staff }

// Observer is a member of staff who reads what was counted in their place and below it.
type Observer struct{ Staff }

// Observes reports whether the role reads what was counted.
func (r Role) Observes() bool {
	return r == RoleLead || r == RoleEpidemiologist || r == RoleOfficer || r == RoleAuditor
}

// Client is a registry or laboratory that delivers records.
type Client struct {
	ID           string
	Display      string
	Jurisdiction string // whose epidemiologists agree to what it delivers
}

// Actor is who does something: every change and every look at another person's
// record has one. It is a value, so that whoever did it can be written down.
type Actor struct {
	Kind    ActorKind
	ID      string
	Display string // never a resident's name
}

// ActorKind is what sort of actor it is.
type ActorKind string

// The kinds of actor.
const (
	ActorAccount  ActorKind = "account"
	ActorResident ActorKind = "resident"
	ActorStaff    ActorKind = "staff"
	ActorClient   ActorKind = "client"
	ActorOperator ActorKind = "operator" // whoever runs cmd/healthcode
	ActorSystem   ActorKind = "system"   // time: sweeping and re-deciding
	ActorPeer     ActorKind = "peer"     // another installation
)

// Actor is the account as an actor.
func (a Account) Actor() Actor { return Actor{Kind: ActorAccount, ID: a.ID} }

// Actor is the resident as an actor.
func (r Resident) Actor() Actor { return Actor{Kind: ActorResident, ID: r.ID} }

// Actor is the member of staff as an actor.
func (s Staff) Actor() Actor { return Actor{Kind: ActorStaff, ID: s.ID, Display: s.Display} }

// Actor is the client as an actor.
func (c Client) Actor() Actor { return Actor{Kind: ActorClient, ID: c.ID, Display: c.Display} }

// Operator is whoever runs a command on the server.
func Operator(command string) Actor {
	return Actor{Kind: ActorOperator, ID: command, Display: command}
}

// System is the service itself.
func System(job string) Actor { return Actor{Kind: ActorSystem, ID: job, Display: job} }

// Access is one look at a person's record by somebody else, as that person may
// see it.
type Access struct {
	At      time.Time
	By      string // display of the actor
	Purpose AccessPurpose
}

// AccessPurpose is why somebody looked.
type AccessPurpose string

// Why a record is looked at.
const (
	AccessReview  AccessPurpose = "review"
	AccessPhoto   AccessPurpose = "photo" // a picture that went with an appeal
	AccessGate    AccessPurpose = "gate"
	AccessPeer    AccessPurpose = "peer"  // at a gate of another installation
	AccessQueue   AccessPurpose = "queue" // they wait at a gateway, and the guard looked whom to call
	AccessCard    AccessPurpose = "card"  // a guard at a gateway saw the travel card too
	AccessImport  AccessPurpose = "import"
	AccessBehalf  AccessPurpose = "on_behalf" // a worker declared for them
	AccessPrint   AccessPurpose = "print"     // a worker printed a card for them, or withdrew it
	AccessPropose AccessPurpose = "proposal"  // somebody proposed or judged something about them
	AccessDryRun  AccessPurpose = "dry_run"   // what new rules would mean for some
	AccessFeed    AccessPurpose = "feed"      // the telecom operator was told their number
	AccessExplain AccessPurpose = "explain"   // a past decision was taken again, to see whether it was right
)

// Guard is a guard who may not have said yet where they stand.
type Guard struct{ Staff }
