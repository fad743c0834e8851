package store_test

import (
	"testing"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/models/store/storetest"
	"healthcode/platform/vault"
)

// rotate puts a new key of that kind in charge and says which one it replaces.
func rotate(t *testing.T, keys *vault.Vault, what string) (old uint32) {
	t.Helper()
	list, err := keys.Keys()
	must(t, err)
	for _, k := range list {
		if k.For == what && k.Primary {
			old = k.ID
		}
	}
	id, err := keys.Add(what)
	must(t, err)
	must(t, keys.Promote(what, id))
	return old
}

func TestKeysRotateUnderALivingStore(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		keys := w.Vault.(*vault.Vault)
		me, token := w.verified()
		w.declare(me)
		p, err := w.Present(w.ctx, me)
		must(t, err)
		in := store.SignIn{Platform: "wechat", AppID: "app", OpenID: "somebody"}
		first, err := w.SignIn(w.ctx, in)
		must(t, err)
		account, err := w.Account(w.ctx, first)
		must(t, err)

		for _, what := range []string{vault.ForSeals, vault.ForTags, vault.ForMACs, vault.ForPasses} {
			rotate(t, keys, what)
		}
		if again := w.resident(token); again.Name != me.Name || !again.Verified {
			t.Error("what was sealed or vouched for under the old keys is lost")
		}
		if got := w.colour(me); got != models.Green {
			t.Errorf("colour %v after the rotation, want green", got)
		}
		if _, err := w.Scan(w.ctx, w.gateNow(), w.ulid(), w.show(p)); err != nil {
			t.Errorf("a pass of the old key: %v", err)
		}
		second, err := w.SignIn(w.ctx, in)
		must(t, err)
		same, err := w.Account(w.ctx, second)
		must(t, err)
		if same.ID != account.ID {
			t.Error("the account was not found under the new key")
		}
		if len(w.alarmed()) != 0 {
			t.Errorf("alarms %v", w.alarmed())
		}
	})
}

// Whoever has come back since the rotation is found without the old key.
func TestTagIsCarriedOverToTheNewKey(t *testing.T) {
	schema.Each(t, func(t *testing.T, db storetest.DB) {
		w := newTown(t, db)
		keys := w.Vault.(*vault.Vault)
		in := store.SignIn{Platform: "wechat", AppID: "app", OpenID: "somebody"}
		signIn := func() string {
			token, err := w.SignIn(w.ctx, in)
			must(t, err)
			me, err := w.Account(w.ctx, token)
			must(t, err)
			return me.ID
		}
		before := signIn()
		old := rotate(t, keys, vault.ForTags)
		signIn()
		must(t, keys.Retire(vault.ForTags, old))
		if after := signIn(); after != before {
			t.Error("the account was opened a second time")
		}
	})
}
