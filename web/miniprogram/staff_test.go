package miniprogram_test

import (
	"testing"

	"github.com/pquerna/otp/totp"

	"healthcode/models"
	"healthcode/models/store"
)

// hire makes somebody a worker of the community, or a guard.
func (town *town) hire(t testing.TB, username string, role models.Role) {
	t.Helper()
	ctx := t.Context()
	in := models.Staff{Role: role, Jurisdiction: "330110", Display: username}
	a := store.Acceptance{Username: username, Password: password}
	if role == models.RoleWorker {
		in.Communities = []string{town.community}
		a.Document = must[models.Document](t)(models.ParseDocument(models.DocumentResidentID, documentNumber(999), town.now()))
	}
	a.Token = must[string](t)(town.store.OperatorInvite(ctx, operator, in))
	factor := must[store.Factor](t)(town.store.InvitationFactor(ctx, a.Token))
	a.Code = must[string](t)(totp.GenerateCode(factor.Secret, town.now()))
	if err := town.store.Accept(ctx, a); err != nil {
		t.Fatal(err)
	}
	town.secrets[username] = factor.Secret
}

// signIn signs a member of staff in, once in a test.
func (town *town) signIn(t testing.TB, username string) (token string) {
	t.Helper()
	code := must[string](t)(totp.GenerateCode(town.secrets[username], town.now()))
	return must[string](t)(town.store.SignInStaff(town.ctx, store.StaffSignIn{Username: username, Password: password, Code: code, Device: "desk"}))
}

// approve lets the worker approve everything of that kind that waits.
func (town *town) approve(kind models.ReviewKind) error {
	queue, err := town.desk.Queue(town.ctx, "")
	if err != nil {
		return err
	}
	for _, r := range queue {
		if r.Kind != kind {
			continue
		}
		if _, err := town.desk.Case(town.ctx, r.ID); err != nil {
			return err
		}
		if err := town.desk.Claim(town.ctx, r.ID); err != nil {
			return err
		}
		if err := town.desk.Judge(town.ctx, r.ID, models.Judgement{Verdict: models.Approve}); err != nil {
			return err
		}
	}
	return nil
}
