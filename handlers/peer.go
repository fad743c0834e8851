package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/platform/peer"
)

// What became of a question to another installation, or of one by it.
const (
	peerAnswered = "answered" // it answered us
	peerSilent   = "silent"   // it did not, or is left alone
	peerRefused  = "refused"  // it refused to
	peerBad      = "bad"      // its answer did not hold
	peerTold     = "told"     // we answered it
	peerPassedOn = "passed_on"
)

// peerKeys is what this installation says of itself.
func (a *api) peerKeys(c *gin.Context) error {
	face, err := a.Store.Face()
	if err != nil {
		return err
	}
	return cacheable(c, face)
}

// peerKeysOf is what another says of itself, for those who reach it through us.
func (a *api) peerKeysOf(c *gin.Context) error {
	face, err := a.Store.FaceOf(c.Param("code"))
	if err != nil {
		return err
	}
	return cacheable(c, face)
}

// cacheable answers with what anybody may keep for some minutes.
func cacheable(c *gin.Context, what any) error {
	c.Header("Cache-Control", "public, max-age=300")
	c.JSON(http.StatusOK, what)
	return nil
}

type mappingOutput struct {
	Place     string    `json:"place"`
	Peer      string    `json:"peer"`
	Name      string    `json:"name"`
	Mode      string    `json:"mode"`
	Version   int       `json:"version"`
	Hash      string    `json:"hash"`
	File      string    `json:"file"`      // word for word
	Drafted   string    `json:"drafted"`   // who did, as colleagues and residents read it; "" for the operator
	Published string    `json:"published"` // "" where the operator added it before officers published any
	At        time.Time `json:"at"`
}

type mappingsOutput struct {
	Mappings []mappingOutput `json:"mappings"`
}

// peerMappings is by what others are recognised here.
func (a *api) peerMappings(c *gin.Context) error {
	mapped, err := a.Store.Mappings(c.Request.Context())
	if err != nil {
		return err
	}
	language := languageOf(c)
	c.JSON(http.StatusOK, mappingsOutput{each(mapped, func(m store.Mapping) mappingOutput {
		p := m.Peering
		return mappingOutput{p.Place, p.Peer, p.Name.In(language), string(p.Mode), p.Version, p.Hash, string(p.Source), m.Drafted, m.Published, m.At}
	})})
	return nil
}

// statement tells another installation about somebody of ours at a gate of theirs. What
// is about somebody of a third is asked there, and passed on.
func (a *api) statement(c *gin.Context, by store.Peer) error {
	relayed, err := a.Store.Relayed(by)
	if err != nil {
		return err
	}
	if relayed != nil {
		return a.passOn(c, by, relayed)
	}
	said, err := a.Store.Answer(c.Request.Context(), by)
	if err != nil {
		return err
	}
	a.metrics.peers.WithLabelValues(by.Question.From, peerTold).Inc()
	c.JSON(http.StatusOK, said)
	return nil
}

func (a *api) passOn(c *gin.Context, by store.Peer, st *store.Stranger) error {
	asked, ok := a.Store.Ask(st)
	if !ok || a.Peers == nil {
		return models.Refuse(models.ReasonPeerOff)
	}
	q, signed, err := a.Store.Onward(by, st)
	if err != nil {
		return err
	}
	answer, err := a.Peers.Ask(c.Request.Context(), peer.Question{URL: asked.URL, About: st.Peering.Peer, Signed: signed, Patience: peer.Between})
	if err != nil {
		return err
	}
	passed, err := a.Store.PassOn(by, st, q, answer)
	if err != nil {
		return err
	}
	a.metrics.peers.WithLabelValues(by.Question.From, peerPassedOn).Inc()
	c.JSON(http.StatusOK, passed)
	return nil
}

// How often is looked whether another's keys are due, how long one is left alone that did
// not give them or gave none that a place here can use, and one that did.
const (
	peersEvery = 5 * time.Second
	peersRest  = 10 * time.Second
	peersAgain = time.Hour
)

// fetched is when keys were fetched last from each address, and whether they came.
type fetched map[string]fetch

type fetch struct {
	at   time.Time
	came bool
}

// early reports whether that address is left alone yet.
func (f fetched) early(due store.PeerDue, now time.Time) bool {
	last, tried := f[due.URL+due.Path]
	pause := peersRest
	if last.came && !due.Lacking {
		pause = peersAgain
	}
	return tried && now.Before(last.at.Add(pause))
}

// FollowPeers keeps the keys of other installations here, until ctx is done.
func (o Options) FollowPeers(ctx context.Context) {
	if o.Peers == nil {
		return
	}
	before := fetched{}
	tick := time.NewTicker(peersEvery)
	defer tick.Stop()
	for {
		o.fetchPeers(ctx, before)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (o Options) fetchPeers(ctx context.Context, before fetched) {
	for _, due := range o.Store.PeersDue() {
		if before.early(due, o.Now()) {
			continue
		}
		err := o.fetchKeys(ctx, due)
		before[due.URL+due.Path] = fetch{o.Now(), err == nil}
		if err != nil && ctx.Err() == nil {
			o.Log.Warn("the keys of a peer were not fetched", "peer", due.Code, "error", err.Error())
		}
	}
}

// fetchKeys fetches one list of keys. What an installation says itself tells what time it
// is there, too: passes are refused where clocks are apart.
func (o Options) fetchKeys(ctx context.Context, due store.PeerDue) error {
	asked := o.Now()
	signed, err := o.Peers.Keys(ctx, due.URL, due.Path)
	if err != nil {
		return err
	}
	if off := o.Store.PeerClock(due.Code, signed, asked); due.Direct && off.Abs() > models.PeerTolerance {
		o.Store.Alarm("peer_clock")
		o.Log.Warn("the clock of a peer is not ours", "peer", due.Code, "ahead_seconds", off.Seconds())
	}
	return o.Store.KeepPeerKeys(ctx, due.Code, signed)
}

// FetchPeers fetches once what is due.
func (o Options) FetchPeers(ctx context.Context) { o.fetchPeers(ctx, fetched{}) }
