package store_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

func TestStaffSignIn(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		invitation, err := w.OperatorInvite(w.ctx, operator, models.Staff{Role: models.RoleGuard, Display: "guard", Jurisdiction: "330110"})
		must(t, err)
		factor, err := w.InvitationFactor(w.ctx, invitation)
		must(t, err)
		accept := store.Acceptance{Token: invitation, Username: "guard1", Password: password, Code: w.code(factor.Secret)}
		w.changesNothing(func() {
			weak, wrong, nameless := accept, accept, accept
			weak.Password, wrong.Code, nameless.Username = "short", "000000", "X"
			refused(t, w.Accept(w.ctx, weak), models.ReasonPasswordWeak)
			refused(t, w.Accept(w.ctx, wrong), models.ReasonFieldBad)
			refused(t, w.Accept(w.ctx, nameless), models.ReasonFieldBad)
		})
		must(t, w.Accept(w.ctx, accept))
		w.changesNothing(func() { refused(t, w.Accept(w.ctx, accept), models.ReasonInvitation) })

		w.clock.Advance(time.Minute)
		in := store.StaffSignIn{Username: "guard1", Password: password, Code: w.code(factor.Secret)}
		w.changesNothing(func() {
			for _, wrong := range []store.StaffSignIn{{Username: "guard1", Password: "another one entirely", Code: in.Code},
				{Username: "nobody", Password: password, Code: in.Code}, {Username: "guard1", Password: password, Code: "123"}} {
				_, err := w.SignInStaff(w.ctx, wrong)
				refused(t, err, models.ReasonLoginStaff)
			}
		})
		token, err := w.SignInStaff(w.ctx, in)
		must(t, err)
		_, err = w.SignInStaff(w.ctx, in)
		refused(t, err, models.ReasonLoginStaff) // the same code a second time

		_, err = w.Worker(w.ctx, token)
		refused(t, err, models.ReasonForbidden)
		_, err = w.Gate(w.ctx, token)
		refused(t, err, models.ReasonGateVenueNeeded)
		guard, err := w.Guard(w.ctx, token)
		must(t, err)
		_, err = w.Stand(w.ctx, guard, w.venue.ID)
		must(t, err)
		at, err := w.Gate(w.ctx, token)
		must(t, err)
		if at.Venue.ID != w.venue.ID {
			t.Error("the guard does not stand where they said")
		}
		w.clock.Advance(13 * time.Hour)
		_, err = w.Guard(w.ctx, token)
		refused(t, err, models.ReasonLoginRequired)
	})
}

func TestInvitationExpires(t *testing.T) {
	w := newTown(t, schema.Any(t))
	invitation, err := w.OperatorInvite(w.ctx, operator, models.Staff{Role: models.RoleGuard, Display: "guard", Jurisdiction: "330110"})
	must(t, err)
	w.clock.Advance(30 * time.Minute)
	_, err = w.InvitationFactor(w.ctx, invitation)
	refused(t, err, models.ReasonInvitation)
}

func TestTicketIsGoodOnceForAMinute(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.account("wechat")
		ticket, err := w.Ticket(w.ctx, me)
		must(t, err)
		token, err := w.RedeemTicket(w.ctx, ticket, "page")
		must(t, err)
		same, err := w.Account(w.ctx, token)
		must(t, err)
		if same.ID != me.ID {
			t.Error("the ticket opened another account")
		}
		w.changesNothing(func() {
			_, err = w.RedeemTicket(w.ctx, ticket, "page")
			refused(t, err, models.ReasonTicket)
		})
		late, err := w.Ticket(w.ctx, me)
		must(t, err)
		w.clock.Advance(time.Minute)
		w.changesNothing(func() {
			_, err = w.RedeemTicket(w.ctx, late, "page")
			refused(t, err, models.ReasonTicket)
		})
	})
}

func TestNobodySignsOutAnothersPhone(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		me, _ := w.verified()
		other, token := w.verified()
		w.changesNothing(func() {
			refused(t, w.EndSession(w.ctx, me, other.SessionID), models.ReasonSessionUnknown)
		})
		if w.resident(token).ID != other.ID {
			t.Error("the other phone was signed out")
		}
	})
}

func TestClientToken(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		id, secret, err := w.AddClient(w.ctx, operator, "registry", "330110")
		must(t, err)
		token, err := w.SignInClient(w.ctx, id, secret)
		must(t, err)
		by, err := w.Client(w.ctx, token)
		must(t, err)
		if by.ID != id {
			t.Error("the token is of another client")
		}
		_, err = w.Account(w.ctx, token)
		refused(t, err, models.ReasonLoginRequired) // a client is no resident
		w.changesNothing(func() {
			_, err = w.SignInClient(w.ctx, id, "wrong")
			refused(t, err, models.ReasonLoginClient)
			_, err = w.SignInClient(w.ctx, "nobody", secret)
			refused(t, err, models.ReasonLoginClient)
		})
		w.clock.Advance(time.Hour)
		_, err = w.Client(w.ctx, token)
		refused(t, err, models.ReasonLoginRequired)
	})
}

// TestInviteWithin: an administrator's hand ends where their jurisdiction does,
// also through the communities and the venue of an invitation.
func TestInviteWithin(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		by, err := w.Administrator(w.ctx, w.hire(models.Staff{Role: models.RoleAdministrator}))
		must(t, err)
		far, err := w.AddCommunity(w.ctx, operator, models.Community{Jurisdiction: "420100", Name: words("abroad"), Phone: "027-1"})
		must(t, err)
		station, err := w.AddVenue(w.ctx, operator, models.Venue{Jurisdiction: "420100", CommunityID: far, Name: words("station")})
		must(t, err)
		guard := models.Staff{Role: models.RoleGuard, Display: "guard", Jurisdiction: "330110"}
		elsewhere, above, outside, away := guard, guard, guard, guard
		elsewhere.Jurisdiction, above.Jurisdiction = "420100", "330100"
		outside.Communities, away.VenueID = []string{far}, station.ID
		w.changesNothing(func() {
			for want, in := range map[models.Reason]models.Staff{models.ReasonForbidden: elsewhere, models.ReasonCommunityUnknown: outside,
				models.ReasonVenueUnknown: away} {
				_, err := w.Invite(w.ctx, by, in)
				if ps, ok := asProblem(err); !ok || ps.Reason != want {
					t.Errorf("got %v, want %s", err, want)
				}
			}
			_, err := w.Invite(w.ctx, by, above)
			refused(t, err, models.ReasonForbidden)
		})
		guard.Communities, guard.VenueID = []string{w.near}, w.venue.ID
		_, err = w.Invite(w.ctx, by, guard)
		must(t, err)
	})
}

// TestSessionsCannotBeGivenAway: whoever has the service's own account at the
// database cannot make a session of theirs that of somebody with more rights.
func TestSessionsCannotBeGivenAway(t *testing.T) {
	w := newTown(t, schema.New(t, storetest.MySQL))
	w.gate()
	_, rest, _ := strings.Cut(w.db.DSN, ":")
	pool, err := sql.Open("mysql", rest)
	must(t, err)
	defer pool.Close()
	for _, column := range []string{"subject_id", "kind", "hash", "expires_at"} {
		if _, err := pool.ExecContext(w.ctx, "UPDATE sessions SET "+column+" = "+column); err == nil {
			t.Errorf("the account may change %s of a session", column)
		}
	}
	_, err = pool.ExecContext(w.ctx, "UPDATE sessions SET ended_at = ended_at")
	must(t, err)
}
