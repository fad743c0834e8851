package handlers

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"healthcode/models"
)

// What a request carries along in gin's context.
const (
	keyRequestID = "request_id"
	keyActor     = "actor"
	keyReason    = "reason"
)

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	peers    *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "healthcode_requests_total",
			Help: "Requests answered, by route, method, status and reason of refusal."}, []string{"route", "method", "status", "reason"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "healthcode_request_seconds",
			Help: "Time to answer, by route.", Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}}, []string{"route"}),
	}
	m.peers = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "healthcode_peers_total",
		Help: "Questions to and by other installations, by installation and outcome."}, []string{"peer", "outcome"})
	r.MustRegister(m.requests, m.seconds, m.peers)
	return m
}

// observe gives the request an id, and logs and counts it when it is done. The
// route is logged, never the path or the query; the actor's random id, never a
// name.
func (a *api) observe(c *gin.Context) {
	begin := a.Now()
	var id [8]byte
	if _, err := rand.Read(id[:]); err != nil {
		panic(err) // crypto/rand does not fail
	}
	c.Set(keyRequestID, hex.EncodeToString(id[:]))
	c.Header("X-Request-Id", requestID(c))
	c.Next()
	route, status := c.FullPath(), strconv.Itoa(c.Writer.Status())
	if route == "" {
		route = "none"
	}
	took := a.Now().Sub(begin)
	a.metrics.requests.WithLabelValues(route, method(c), status, c.GetString(keyReason)).Inc()
	a.metrics.seconds.WithLabelValues(route).Observe(took.Seconds())
	by, _ := c.Value(keyActor).(models.Actor)
	a.Log.InfoContext(c.Request.Context(), "request", "request_id", requestID(c), "method", method(c), "route", route,
		"status", c.Writer.Status(), "reason", c.GetString(keyReason), "took", took, "actor", string(by.Kind), "actor_id", by.ID)
}

// method is the request's, or "other": what somebody invented makes no metric.
func method(c *gin.Context) string {
	switch m := c.Request.Method; m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodPut:
		return m
	}
	return "other"
}

func requestID(c *gin.Context) string { return c.GetString(keyRequestID) }

// recover turns a panic into an internal error. The stack goes to the log; the
// value that was thrown does not, because it may hold anything.
func (a *api) recover(c *gin.Context) {
	defer func() {
		if thrown := recover(); thrown != nil {
			a.Log.ErrorContext(c.Request.Context(), "panic", "request_id", requestID(c), "type", fmt.Sprintf("%T", thrown), "stack", string(debug.Stack()))
			a.refuse(c, models.Refuse(models.ReasonInternal))
		}
	}()
	c.Next()
}

// policy is what a page may load and do: nothing but our own.
const policy = "default-src 'none'; script-src 'self' https://res.wx.qq.com https://appx; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; media-src 'self' blob:; font-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure sets the headers that every answer has.
func (a *api) secure(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
	h.Set("Strict-Transport-Security", "max-age=31536000")
	h.Set("Cache-Control", "no-store")
	if err := a.limits.address(c.ClientIP()); err != nil {
		a.refuse(c, err)
		return
	}
	c.Next()
}

// sameOrigin refuses what another site's page sends in a resident's name. What
// is not a browser sends no such header and passes: it has no cookies to abuse.
func (a *api) sameOrigin(c *gin.Context) {
	if err := a.origins.Check(c.Request); err != nil {
		a.refuse(c, models.Refuse(models.ReasonCrossOrigin))
		return
	}
	c.Next()
}
