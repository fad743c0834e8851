package simulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// Line is a way out that ends at a simulator in this process, whatever it is made
// of below: real clients and servers of net/http speak real HTTP over pipes in
// memory. So deadlines, closed connections and half answers are real, and yet no
// port is opened and a test may run in a bubble of testing/synctest, where a
// timeout takes no time.
type Line struct {
	server *http.Server
	client *http.Transport
	rings  chan net.Conn // calls, at the simulator's end
	once   sync.Once
	closed chan struct{}
}

// Transport opens a line to the simulator. Close it.
func (s *Simulator) Transport() *Line {
	l := &Line{
		server: &http.Server{Handler: s, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)},
		rings:  make(chan net.Conn),
		closed: make(chan struct{}),
	}
	l.client = &http.Transport{DialContext: l.dial}
	go func() { _ = l.server.Serve(listener{l}) }() // until Close
	return l
}

// RoundTrip asks the simulator, in the place of the host that it plays. Any other
// host is refused: a test never leaves the machine.
func (l *Line) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" || r.URL.Host != Host {
		return nil, fmt.Errorf("simulator: %s is not played here", r.URL.Host)
	}
	r = r.Clone(r.Context())
	r.URL.Scheme = "http" // within the process there is nobody to hide from
	return l.client.RoundTrip(r)
}

// Close ends the line: whoever is talking is cut off, and who calls is refused.
func (l *Line) Close() error {
	l.once.Do(func() { close(l.closed) })
	l.client.CloseIdleConnections()
	return l.server.Close()
}

// dial makes a connection, or is refused as by a host where nobody listens.
func (l *Line) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	caller, called := net.Pipe()
	var err error
	select {
	case l.rings <- called:
		return caller, nil
	case <-l.closed:
		err = &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		err = ctx.Err()
	}
	return nil, errors.Join(err, caller.Close(), called.Close())
}

// listener is the line as the simulator's server sees it.
type listener struct{ *Line }

func (l listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.rings:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (listener) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "pipe" }
func (address) String() string  { return Host }
