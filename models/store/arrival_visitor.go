package store

import (
	"encoding/hex"
	"encoding/json"
	"errors"

	"healthcode/models"
)

// whom is who the answer to a scan or an entry is about, sealed for that visit alone. The
// guard's page hands it back with what is taken down. It is kept nowhere: whoever does not
// agree to visits would else be named by theirs, and a guard who could name anybody for it
// would be shown anybody.
func (t *txn) whom(visit, residentID string) ([]byte, error) {
	return t.Vault.Seal("visits", "whom", visit, []byte(residentID))
}

// visitor is who this guard entered or scanned here under that id: a resident, or a
// guest.
func (t *txn) visitor(at models.Gate, in Taking) (residentID string, guest models.Guest, err error) {
	const here = "id = ? AND venue_id = ? AND staff_id = ? AND received_at > ?"
	args := []any{in.Visit, at.Venue.ID, at.ID, millis(t.at.Add(-takenWithin))}
	var row visitRow
	err = found(t.db.Where(here, args...).Take(&row).Error)
	if err == nil && t.vouched(row, row.ID, row.MAC) {
		return t.entered(row, in)
	}
	if err != nil && !errors.Is(err, models.NotFound) {
		return "", guest, err
	}
	var of peerVisitRow
	err = found(t.db.Where(here, args...).Take(&of).Error)
	if errors.Is(err, models.NotFound) || err == nil && !t.vouched(of, of.ID, of.MAC) {
		return "", guest, models.Refuse(models.ReasonArrivalVisit)
	}
	return "", models.Guest{Name: in.Name, Phone: in.Phone, Peer: of.Peer, Handle: hex.EncodeToString(of.Handle)}, err
}

// entered is who the visit is of. That of a resident who does not agree to visits names
// nobody: what the guard was given when they were shown this resident does.
func (t *txn) entered(row visitRow, in Taking) (residentID string, guest models.Guest, err error) {
	if row.ResidentID != "" {
		return row.ResidentID, guest, nil
	}
	if len(row.PersonSealed) == 0 {
		whom, err := t.Vault.Unseal("visits", "whom", row.ID, in.Whom)
		if err != nil || len(whom) == 0 {
			return "", guest, models.Refuse(models.ReasonArrivalVisit).Because(err)
		}
		return string(whom), guest, nil
	}
	clear, err := t.Vault.Unseal("visits", "person_sealed", row.ID, row.PersonSealed)
	if err != nil {
		return "", guest, err
	}
	var said struct {
		companionSaid
		Phone string `json:"phone"`
	}
	if err := json.Unmarshal(clear, &said); err != nil {
		return "", guest, err
	}
	guest = models.Guest{Name: in.Name, Phone: in.Phone}
	if guest.Document, err = models.ParseDocument(said.Type, said.Number, t.at); err != nil {
		return "", guest, err
	}
	if said.Name != "" && guest.Name == (models.Name{}) {
		guest.Name, err = models.ParseName(said.Name)
	}
	if err == nil && said.Phone != "" && guest.Phone == (models.Phone{}) {
		guest.Phone, err = models.ParsePhone(said.Phone)
	}
	return "", guest, err
}
