package handlers

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"healthcode/models"
	"healthcode/models/store"
	"healthcode/platform/peer"
	"healthcode/web"
)

// scanStranger answers a guard about somebody of elsewhere.
func (a *api) scanStranger(c *gin.Context, at models.Gate, id string, st *store.Stranger) error {
	said, err := a.askHome(c, st)
	if err != nil {
		return err
	}
	seen, err := a.Store.ScanStranger(c.Request.Context(), at, id, st, said)
	if err != nil {
		return err
	}
	return a.seen(c, seen)
}

// askHome asks the stranger's own installation. Nil is no answer that holds: the gate
// goes on with the pass alone. A pass that they call worthless is refused, where they
// were asked themselves: nothing is signed that says so, and whoever is in between could.
func (a *api) askHome(c *gin.Context, st *store.Stranger) (*models.PeerStatement, error) {
	asked, ok := a.Store.Ask(st)
	if !ok || a.Peers == nil {
		return nil, nil
	}
	q, signed, err := a.Store.Question(st, asked.Peer)
	if err != nil {
		return nil, err
	}
	answer, err := a.Peers.Ask(c.Request.Context(), peer.Question{URL: asked.URL, About: st.Peering.Peer, Signed: signed, Patience: peer.Patience})
	if err != nil {
		a.unheard(c, st, silence(err), err)
		return nil, worthless(err, asked.Peer == st.Peering.Peer)
	}
	said, err := a.Store.Heard(st, q, answer)
	if err != nil {
		a.unheard(c, st, peerBad, err)
		return nil, nil
	}
	a.metrics.peers.WithLabelValues(st.Peering.Peer, peerAnswered).Inc()
	return &said, nil
}

func silence(err error) string {
	var p *models.Problem
	if errors.As(err, &p) && (p.Reason == models.ReasonUpstreamRefused || p.Reason == models.ReasonPassRevoked) {
		return peerRefused
	}
	return peerSilent
}

// worthless is that the pass is, as its own installation says to whoever asks it. Nothing
// else is the guard's business.
func worthless(err error, direct bool) error {
	var p *models.Problem
	if direct && errors.As(err, &p) && p.Reason == models.ReasonPassRevoked {
		return p
	}
	return nil
}

// unheard counts and logs why a gate goes on without an answer.
func (a *api) unheard(c *gin.Context, st *store.Stranger, what string, err error) {
	a.metrics.peers.WithLabelValues(st.Peering.Peer, what).Inc()
	if what == peerBad {
		a.Store.Alarm("peer_bad")
	}
	a.Log.WarnContext(c.Request.Context(), "a peer was not heard", "request_id", requestID(c), "peer", st.Peering.Peer, "outcome", what, "error", err.Error())
}

// recognitionPage tells everybody what codes of elsewhere count at the gates here.
func (a *api) recognitionPage(c *gin.Context) error {
	ctx := c.Request.Context()
	mapped, err := a.Store.Mappings(ctx)
	if err != nil {
		return err
	}
	places, err := a.Store.Jurisdictions(ctx)
	if err != nil {
		return err
	}
	list := each(mapped, func(m store.Mapping) web.Mapping {
		return web.Mapping{Peering: m.Peering, Drafted: m.Drafted, Published: m.Published, At: m.At}
	})
	return write(c, http.StatusOK, web.NewRecognitionPage(a.frame(c), list, places))
}

// recognisedOutput is what a guard sees of a code of elsewhere, beside what they see of
// one of ours.
type recognisedOutput struct {
	From    string        `json:"from"`
	Asked   bool          `json:"asked"`
	At      time.Time     `json:"at"`      // when it was said; if nobody was asked, when it was granted
	Unknown bool          `json:"unknown"` // its colour is in no table
	Reasons []causeOutput `json:"reasons"`
}

type causeOutput struct {
	Code  string `json:"code"`
	Text  string `json:"text"` // "" where it is in no table
	Test  string `json:"test"` // that would ease it
	Eased bool   `json:"eased"`
}

// recognised puts a code of elsewhere into what a guard sees: its colour as it counts
// here, and in words where that comes from.
func (a *api) recognised(c *gin.Context, r *store.Recognised, out *seenOutput) {
	language := languageOf(c)
	out.Colour, out.Word, out.Until = r.Colour.String(), web.ColourWord(language, r.Colour), optional(r.Until)
	if r.Peering.Mode != models.PeerLocal {
		out.Name = r.Name
	}
	out.Recognised = &recognisedOutput{From: r.Peering.Name.In(language), Asked: r.Asked, At: r.At, Unknown: r.Unknown,
		Reasons: each(r.Reasons, func(x models.RecognisedCause) causeOutput {
			return causeOutput{x.Code, x.Text.In(language), x.Test, x.Eased}
		})}
	out.Say = strings.Join(append(a.recognisedWords(language, r), out.Say), " ")
}

// recognisedWords are the sentences of it.
func (a *api) recognisedWords(language string, r *store.Recognised) []string {
	from, at := r.Peering.Name.In(language), r.At.In(a.Zone).Format("15:04")
	key := map[bool]string{true: "peer.say.asked", false: "peer.say.granted"}[r.Asked]
	if r.Peering.Mode == models.PeerLocal {
		key = "peer.say.local"
	}
	words := []string{web.Text(language, key, "from", from, "at", at)}
	if r.Unknown {
		words = append(words, web.Text(language, "peer.say.unknown"))
	}
	for _, cause := range r.Reasons {
		switch text := cause.Text.In(language); {
		case text == "":
			words = append(words, web.Text(language, "peer.say.reason.unknown"))
		case cause.Eased:
			words = append(words, web.Text(language, "peer.say.reason.eased", "reason", text))
		case cause.Test != "":
			words = append(words, web.Text(language, "peer.say.reason.test", "reason", text, "test", strings.ToUpper(cause.Test)))
		default:
			words = append(words, web.Text(language, "peer.say.reason", "reason", text))
		}
	}
	return words
}
