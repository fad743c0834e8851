package store

import (
	"slices"
	"time"

	"healthcode/models"
)

// PeerDue is an address at which another installation's list of keys should be fetched.
type PeerDue struct {
	Code, URL, Path string
	Direct          bool // of the installation itself, and of now
	Lacking         bool // some place here has none of it that is good
}

// PeersDue are where keys are found that are not here, or not of late: what one place
// says of the address is no other's business.
func (s *Store) PeersDue() (list []PeerDue) {
	known := s.peers.Load()
	for _, p := range known.all {
		asked, ok := s.way(p, p.Place)
		keys := known.heldBy(p).keys
		if !ok || s.Now().Sub(keys.At) < peerKeysEvery || !s.connected() {
			continue
		}
		due := PeerDue{Code: p.Peer, URL: asked.URL, Path: "/v1/peer/keys", Direct: asked == p, Lacking: !s.Now().Before(keys.Until)}
		if !due.Direct {
			due.Path += "/" + p.Peer
		}
		i := slices.IndexFunc(list, func(d PeerDue) bool { return d.URL == due.URL && d.Path == due.Path && d.Code == due.Code })
		if i < 0 {
			list = append(list, due)
		} else if due.Lacking {
			list[i].Lacking = true
		}
	}
	return list
}

// PeerClock is how far the clock of the installation is off from ours at least, by a list
// of keys that it was asked for at that time and that it signed before now.
func (s *Store) PeerClock(code string, signed models.Signed, asked time.Time) time.Duration {
	held, err := openKeys(signed, code, pinsOf(s.peers.Load().all, code))
	if err != nil {
		return 0 // it is nobody's clock
	}
	return held.keys.Off(asked, s.Now())
}
