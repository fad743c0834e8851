package store

import "fmt"

// entry is a row that lets somebody in. Whoever can write into the database and has
// no key can make one, and it lets nobody in.
type entry interface {
	TableName() string
	bytes() []byte // all that makes it what it is; what may change later is not part of it
}

// vouch is the MAC of an entry.
func (s *Store) vouch(e entry) ([]byte, error) { return s.Vault.MAC(e.TableName(), e.bytes()) }

// vouched reports whether the service made the entry. One that it did not make
// counts as absent, and raises an alarm.
func (s *Store) vouched(e entry, id string, mac []byte) bool {
	ours := s.Vault.CheckMAC(e.TableName(), e.bytes(), mac)
	if !ours {
		s.alarm(e.TableName(), id)
	}
	return ours
}

func (r sessionRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %x %s %s %d %d", r.ID, r.Hash, r.Kind, r.SubjectID, r.CreatedAt, r.ExpiresAt)
}

func (r ticketRow) bytes() []byte {
	return fmt.Appendf(nil, "%x %s %d", r.Hash, r.AccountID, r.ExpiresAt)
}

func (r invitationRow) bytes() []byte {
	return fmt.Appendf(nil, "%x %s %s %q %s %q %s %s %d", r.Hash, r.ID, r.Role, r.Display, r.Jurisdiction, r.Communities, r.VenueID, r.MadeBy, r.ExpiresAt)
}

func (r clientRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %q %x %s", r.ID, r.Display, r.SecretHash, r.Jurisdiction)
}

func (r staffRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %q %s %s %s %s %q %s", r.ID, r.Username, r.Display, r.Role, r.Jurisdiction, r.VenueID, r.DocumentType, r.PasswordHash, r.MadeBy)
}

func (r staffCommunityRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s", r.StaffID, r.CommunityID)
}

func (r accountRow) bytes() []byte {
	return fmt.Appendf(nil, "%s %s %s", r.ID, r.Platform, r.ResidentID)
}
