package store

import (
	"crypto/ecdsa"
	"fmt"

	"healthcode/models"
)

// Vault is what the store needs of the keys. platform/vault keeps them in a
// file; a hardware module would be a second one.
type Vault interface {
	Seal(table, column, row string, clear []byte) ([]byte, error)
	Unseal(table, column, row string, sealed []byte) ([]byte, error)
	TagWrite(purpose string, clear []byte) (version uint32, tag []byte, err error)
	TagAll(purpose string, clear []byte) (map[uint32][]byte, error)
	MAC(label string, data []byte) ([]byte, error)
	CheckMAC(label string, data, mac []byte) bool
	HashToken(label string, token []byte) []byte
	PassSigner() (keyID byte, key *ecdsa.PrivateKey, chainKey []byte)
	PassPublic() map[byte]*ecdsa.PublicKey
	PassChainKeys() map[byte][]byte
	PeerSigner() *ecdsa.PrivateKey
	PeerPublic() []*ecdsa.PublicKey
}

func (s *Store) unsealName(table, column, row string, sealed []byte) (models.Name, error) {
	clear, err := s.Vault.Unseal(table, column, row, sealed)
	if err != nil || len(clear) == 0 {
		return models.Name{}, err
	}
	return models.ParseName(string(clear))
}

func (s *Store) unsealPhone(table, column, row string, sealed []byte) (models.Phone, error) {
	clear, err := s.Vault.Unseal(table, column, row, sealed)
	if err != nil || len(clear) == 0 {
		return models.Phone{}, err
	}
	return models.ParsePhone(string(clear))
}

// unsealDocument reads back a document that was checked when it was sealed: on a
// day that, east of here, may be tomorrow.
func (s *Store) unsealDocument(table, row, kind string, sealed []byte) (models.Document, error) {
	clear, err := s.Vault.Unseal(table, "number_sealed", row, sealed)
	if err != nil || len(clear) == 0 {
		return models.Document{}, err
	}
	return models.ParseDocument(models.DocumentType(kind), string(clear), s.Now().AddDate(0, 0, 1))
}

// sealer seals several columns of one row and keeps the first error.
type sealer struct {
	vault      Vault
	table, row string
	err        error
}

func (s *sealer) seal(column, clear string) []byte {
	if s.err != nil {
		return nil
	}
	var sealed []byte
	if sealed, s.err = s.vault.Seal(s.table, column, s.row, []byte(clear)); s.err != nil {
		s.err = fmt.Errorf("seal %s.%s: %w", s.table, column, s.err)
	}
	return sealed
}
