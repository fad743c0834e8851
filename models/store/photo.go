package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"healthcode/models"
)

type photoRow struct {
	ID          string
	ResidentID  string
	AppealID    string // "" until one takes it
	ImageSealed []byte // empty once another took its place
	At          int64
	MAC         []byte `gorm:"column:mac"`
}

func (photoRow) TableName() string { return "photos" }

// bytes is whose picture it is, and what for: whoever could write that into the row
// would have it shown to whom they like.
func (r photoRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %q %d", r.ID, r.ResidentID, r.AppealID, r.At)
}

// photosLoose is how many pictures that belong to no appeal a resident may have
// here: those of one appeal, and as many again for whoever thinks better of it.
// Beyond that the oldest makes room.
const photosLoose = 2 * models.AppealPhotos

// AddPhoto keeps a picture that was made clean, for an appeal to come. Repeating
// the key gives the first one's id.
func (s *Store) AddPhoto(ctx context.Context, me models.Resident, key Key, image []byte) (id string, err error) {
	err = s.change(ctx, me.Actor(), func(t *txn) error {
		var person residentRow
		if err := t.lock(&person, "id = ?", me.ID); err != nil {
			return err
		}
		id = t.id()
		done, err := t.once("photo "+me.AccountID, key, id)
		if err != nil {
			return err
		}
		if done != "" {
			id = done
			return nil
		}
		if err := t.makeRoom(me.ID); err != nil {
			return err
		}
		row := photoRow{ID: id, ResidentID: me.ID, At: millis(t.at)}
		if row.ImageSealed, err = t.Vault.Seal("photos", "image_sealed", id, image); err != nil {
			return err
		}
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		if err := t.insert(&row); err != nil {
			return err
		}
		return t.audit("photo.add", "photo", id, "")
	})
	return id, err
}

// makeRoom blanks the oldest pictures that are too many with one more.
func (t *txn) makeRoom(residentID string) error {
	var loose []string
	err := t.db.Model(&photoRow{}).Where("resident_id = ? AND appeal_id = '' AND LENGTH(image_sealed) > 0", residentID).
		Order("at, id").Pluck("id", &loose).Error
	if err != nil || len(loose) < photosLoose {
		return err
	}
	return t.db.Model(&photoRow{}).Where("id IN ?", loose[:len(loose)-photosLoose+1]).Update("image_sealed", []byte{}).Error
}

// takePhotos gives the resident's pictures to their appeal. The problem is
// photo.unknown if one of them is not theirs, is another appeal's or is gone.
func (t *txn) takePhotos(residentID, appealID string, ids []string) error {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		var row photoRow
		err := found(t.db.Omit("image_sealed").Where("id = ? AND resident_id = ? AND appeal_id = '' AND LENGTH(image_sealed) > 0", id, residentID).Take(&row).Error)
		if errors.Is(err, models.NotFound) || err == nil && !t.vouched(row, row.ID, row.MAC) {
			return models.Refuse(models.ReasonPhotoUnknown).On("photos")
		}
		if err != nil {
			return err
		}
		row.AppealID = appealID
		if row.MAC, err = t.vouch(row); err != nil {
			return err
		}
		err = t.db.Model(&photoRow{}).Where("id = ?", id).Updates(map[string]any{"appeal_id": appealID, "mac": row.MAC}).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// photosOf is the ids of an appeal's pictures, in the order in which they came.
func (r reader) photosOf(appealID string) (ids []string, err error) {
	err = r.db.Model(&photoRow{}).Where("appeal_id = ?", appealID).Order("id").Pluck("id", &ids).Error
	return ids, err
}

// Photo is one of the resident's own pictures.
func (s *Store) Photo(ctx context.Context, me models.Resident, id string) ([]byte, error) {
	return s.reader(ctx).photo("id = ? AND resident_id = ?", id, me.ID)
}

// photo is a picture that is still there.
func (r reader) photo(where string, args ...any) ([]byte, error) {
	var row photoRow
	err := found(r.db.Where(where, args...).Take(&row).Error)
	if errors.Is(err, models.NotFound) || err == nil && (len(row.ImageSealed) == 0 || !r.vouched(row, row.ID, row.MAC)) {
		return nil, models.Refuse(models.ReasonPhotoUnknown)
	}
	if err != nil {
		return nil, err
	}
	return r.Vault.Unseal("photos", "image_sealed", row.ID, row.ImageSealed)
}

// Photo is a picture that belongs to an appeal of the desk. The resident will see
// that somebody looked.
func (d Desk) Photo(ctx context.Context, reviewID, id string) (image []byte, err error) {
	err = d.store.change(ctx, d.by.Actor(), func(t *txn) error {
		var row reviewRow
		if err := d.one(ctx, reviewID, &row); err != nil {
			return err
		}
		if err := t.notOwn(d, row); err != nil {
			return err
		}
		if row.Kind != string(models.ReviewAppeal) {
			return models.Refuse(models.ReasonPhotoUnknown)
		}
		if image, err = t.reader().photo("id = ? AND appeal_id = ?", id, row.SubjectID); err != nil {
			return err
		}
		return t.access(row.ResidentID, models.AccessPhoto)
	})
	return image, err
}
