package handlers

import (
	"errors"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/photo"
	"healthcode/models/store"
)

// photosAtOnce is how many pictures are read at the same time: a large one takes
// some hundred megabytes while it is.
const photosAtOnce = 2

type photoOutput struct {
	ID string `json:"id"`
}

// addPhoto keeps a picture for an appeal to come. What it is, its bytes say.
func (a *api) addPhoto(c *gin.Context, me models.Resident) error {
	if err := a.limits.route("photo", me.ID); err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, photo.Limit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return models.Refuse(models.ReasonPhotoTooLarge)
	}
	if err != nil {
		return models.Refuse(models.ReasonBodyMalformed)
	}
	key, err := idempotencyKey(c, body)
	if err != nil {
		return err
	}
	clean, err := a.cleaned(c, body)
	if err != nil {
		return err
	}
	id, err := a.Store.AddPhoto(c.Request.Context(), me, key, clean)
	if err != nil {
		return err
	}
	c.JSON(http.StatusCreated, photoOutput{ID: id})
	return nil
}

// cleaned waits for its turn.
func (a *api) cleaned(c *gin.Context, body []byte) ([]byte, error) {
	select {
	case a.photos <- struct{}{}:
	case <-c.Request.Context().Done():
		return nil, c.Request.Context().Err()
	}
	defer func() { <-a.photos }()
	return photo.Clean(body)
}

// photo shows a resident one of their own.
func (a *api) photo(c *gin.Context, me models.Resident) error {
	image, err := a.Store.Photo(c.Request.Context(), me, c.Param("id"))
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "image/jpeg", image)
	return nil
}

// reviewPhoto shows whoever answers an appeal a picture that came with it. The
// resident will see that they looked.
func (a *api) reviewPhoto(c *gin.Context, desk store.Desk) error {
	image, err := desk.Photo(c.Request.Context(), c.Param("id"), c.Param("photo"))
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "image/jpeg", image)
	return nil
}
