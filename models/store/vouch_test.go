package store_test

import (
	"slices"
	"testing"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
)

// TestEntriesTheDatabaseCannotMake: whoever can write whatever they like into the
// database, and has no key, gets in as nobody, and raises an alarm.
func TestEntriesTheDatabaseCannotMake(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		token := w.hire(models.Staff{Role: models.RoleOfficer})
		officer, err := w.Officer(w.ctx, token)
		must(t, err)
		guard := w.hire(models.Staff{Role: models.RoleGuard, VenueID: w.venue.ID})
		_, err = w.Gate(w.ctx, guard)
		must(t, err)
		me, _ := w.account("wechat")
		id, secret, err := w.AddClient(w.ctx, operator, "laboratory", "330110")
		must(t, err)
		invitation, err := w.OperatorInvite(w.ctx, operator, models.Staff{Role: models.RoleGuard, Display: "guard", Jurisdiction: "330110"})
		must(t, err)
		owner := w.db.Owner(t)
		exec := func(query string, args ...any) {
			t.Helper()
			_, err := owner.ExecContext(w.ctx, query, args...)
			must(t, err)
		}
		far := w.clock.Now().AddDate(1, 0, 0).UnixMilli()
		exec(`INSERT INTO sessions (id, hash, kind, subject_id, venue_id, device, created_at, seen_at, expires_at, ended_at, mac) VALUES ('7Z', ?, 'staff', ?, '', '', 1, ?, ?, 0, ?)`,
			w.keys.HashToken("session", []byte("forged")), officer.ID, w.clock.Now().UnixMilli(), far, []byte("forged"))
		_, err = w.Officer(w.ctx, "forged")
		refused(t, err, models.ReasonLoginRequired)
		exec(`INSERT INTO tickets (hash, account_id, expires_at, used_at, mac) VALUES (?, ?, ?, 0, NULL)`, w.keys.HashToken("ticket", []byte("forged")), me.ID, far)
		_, err = w.RedeemTicket(w.ctx, "forged", "phone")
		refused(t, err, models.ReasonTicket)
		exec(`UPDATE staff SET role = 'officer' WHERE role = 'guard'`)
		_, err = w.Officer(w.ctx, guard)
		refused(t, err, models.ReasonLoginRequired)
		exec(`UPDATE invitations SET role = 'officer' WHERE used_at = 0`)
		_, err = w.InvitationFactor(w.ctx, invitation)
		refused(t, err, models.ReasonInvitation)
		refused(t, w.Accept(w.ctx, store.Acceptance{Token: invitation, Username: "intruder", Password: password, Code: "000000"}), models.ReasonInvitation)
		exec(`UPDATE clients SET secret_hash = ? WHERE id = ?`, w.keys.HashToken("client", []byte("forged")), id)
		for _, s := range []string{secret, "forged"} {
			_, err = w.SignInClient(w.ctx, id, s)
			refused(t, err, models.ReasonLoginClient)
		}
		for _, kind := range []string{"mac_sessions", "mac_tickets", "mac_staff", "mac_invitations", "mac_clients"} {
			if !slices.Contains(w.alarmed(), kind) {
				t.Errorf("no alarm %s: %v", kind, w.alarmed())
			}
		}
		if _, err := w.Officer(w.ctx, token); err != nil {
			t.Errorf("the officer's own session: %v", err)
		}
	})
}

// TestCommunitiesCannotBeTaken: a worker looks after those that they were given.
func TestCommunitiesCannotBeTaken(t *testing.T) {
	w := newTown(t, schema.Any(t))
	token := w.hire(models.Staff{Role: models.RoleWorker, Communities: []string{w.near}})
	by, err := w.Worker(w.ctx, token)
	must(t, err)
	_, err = w.db.Owner(t).ExecContext(w.ctx, "INSERT INTO staff_communities (staff_id, community_id) VALUES (?, ?)", by.ID, w.far)
	must(t, err)
	if by, err = w.Worker(w.ctx, token); err != nil || !slices.Equal(by.Communities, []string{w.near}) {
		t.Errorf("looks after %v, %v", by.Communities, err)
	}
}
