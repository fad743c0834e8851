package web

import "healthcode/models"

// StaffLoginPage is where every member of staff signs in.
type StaffLoginPage struct{ Page }

// JoinPage is where an invitation is taken up. The invitation itself stands in
// the fragment of the address, which this page is never sent.
type JoinPage struct {
	Page
	Types []Choice // of documents
}

// NewJoinPage makes that page.
func NewJoinPage(p Page) JoinPage { return JoinPage{p, documentChoices(p)} }

// Choice is a value that a reader may choose, and its words.
type Choice struct {
	Value string
	Label string
}

// StaffBar is the head of every page of somebody signed in.
type StaffBar struct {
	Me   string // as residents see who looked
	Role models.Role
}

// Worker reports whether the reader is of a community.
func (b StaffBar) Worker() bool { return b.Role == models.RoleWorker }

// Desk reports whether the reader has a queue.
func (b StaffBar) Desk() bool { return b.Worker() || b.Lead() }

// Lead reports whether the queue is that of a district.
func (b StaffBar) Lead() bool { return b.Role == models.RoleLead }

// Administrator reports whether the reader may invite.
func (b StaffBar) Administrator() bool { return b.Role == models.RoleAdministrator }

// Officer reports whether the reader drafts and publishes rules.
func (b StaffBar) Officer() bool { return b.Role == models.RoleOfficer }

// Proposes reports whether the reader enters proposals or agrees to them.
func (b StaffBar) Proposes() bool { return b.Role.Proposes() }

// Observes reports whether the reader reads what was counted.
func (b StaffBar) Observes() bool { return b.Role.Observes() }

// Auditor reports whether the reader is told what others did.
func (b StaffBar) Auditor() bool { return b.Role == models.RoleAuditor }

// InvitationsPage is where an administrator invites.
type InvitationsPage struct {
	Page
	StaffBar
	Jurisdictions []Choice
	Communities   []Choice
	Venues        []Choice
}

// NewInvitationsPage makes the page of an administrator who may invite to these
// places.
func NewInvitationsPage(p Page, by models.Administrator, scope Scope) InvitationsPage {
	out := InvitationsPage{Page: p, StaffBar: StaffBar{by.Display, by.Role}}
	for _, j := range scope.Jurisdictions {
		out.Jurisdictions = append(out.Jurisdictions, Choice{j.Code, j.Name.In(p.Language)})
	}
	for _, c := range scope.Communities {
		out.Communities = append(out.Communities, Choice{c.ID, c.Name.In(p.Language)})
	}
	for _, v := range scope.Venues {
		out.Venues = append(out.Venues, Choice{v.ID, v.Name.In(p.Language)})
	}
	return out
}

// Scope is the part of the tree that an administrator may invite to.
type Scope struct {
	Jurisdictions []models.Jurisdiction
	Communities   []models.Community
	Venues        []models.Venue
}

// Roles are those that there are, the commonest first.
func (p InvitationsPage) Roles() []Choice {
	var list []Choice
	for _, r := range models.Roles() {
		list = append(list, Choice{string(r), p.T("console.invite.role." + string(r))})
	}
	return list
}
