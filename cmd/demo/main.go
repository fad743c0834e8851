// Command demo is the newcomer's one command: the real service on an embedded
// database, with WeChat and Alipay played on loopback, a seeded city in it, and
// one page that shows a phone in each app, a guard's phone and the console side
// by side. It needs Go and a browser, no internet and no vendor account.
//
//	go run ./cmd/demo                      serve the demo on 127.0.0.1:8080
//	go run ./cmd/demo -story chain         tell the whole main job, a line a step
//	go run ./cmd/demo -story chain -kill   the same, killing the service at each step
//	go run ./cmd/demo -story travel        somebody arrives from a listed city
//	go run ./cmd/demo -story provinces     a lorry driver of another province, and four installations
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the machine may have no zone files
)

// options are what can be asked of the demo.
type options struct {
	addr  string
	data  string
	reset bool
	story string
	kill  bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if path := os.Getenv(serviceEnv); path != "" { // this process is the service, see service.go
		os.Exit(exit(os.Stderr, serve(ctx, path)))
	}
	os.Exit(exit(os.Stderr, run(ctx, os.Args[1:], os.Stdout)))
}

func exit(errs io.Writer, err error) int {
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 2
	case err != nil && !errors.Is(err, context.Canceled):
		fmt.Fprintln(errs, "demo:", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "address to listen on; the next free port is taken if this one is not")
	flags.StringVar(&o.data, "data", ".demo", "folder for the database and the keys")
	flags.BoolVar(&o.reset, "reset", false, "begin with a new city")
	flags.StringVar(&o.story, "story", "", `tell a story without a browser and exit: "chain", "travel" or "provinces"`)
	flags.BoolVar(&o.kill, "kill", false, "with -story: kill the service at each step, start it again and go on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.story != "" {
		return tell(ctx, o, out)
	}
	return show(ctx, o, out)
}

// show serves the demo until it is told to stop.
func show(ctx context.Context, o options, out io.Writer) error {
	if o.reset {
		if err := os.RemoveAll(o.data); err != nil {
			return err
		}
	}
	listener, err := listen(o.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	w, err := build(ctx, o.data, listener.Addr().(*net.TCPAddr).Port, out)
	if err != nil {
		return err
	}
	defer w.stop()
	if err := w.start(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n  open  http://demo.localhost:%d\n\n", w.port)
	w.credentials(out)
	fmt.Fprintln(out, "\nCtrl-C stops everything.")
	return w.route(ctx, listener)
}

// tell tells a story in a city of its own, which is gone afterwards.
func tell(ctx context.Context, o options, out io.Writer) error {
	steps, known := stories[o.story]
	if !known {
		return fmt.Errorf("no story %q; there are: %s", o.story, strings.Join(slices.Sorted(maps.Keys(stories)), ", "))
	}
	data, err := os.MkdirTemp("", "healthcode-story-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	w, err := build(ctx, filepath.Join(data, "city"), 8080, out)
	if err != nil {
		return err
	}
	defer w.stop()
	if err := w.start(ctx); err != nil {
		return err
	}
	s := newStory(w, out, o.kill)
	return s.tell(ctx, steps(s))
}

// listen takes the address, or the next free port after it.
func listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	first, err := net.LookupPort("tcp", port)
	if err != nil {
		return nil, err
	}
	for p := first; p < first+100; p++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(p)))
		if err == nil {
			return l, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("no free port from %d on", first)
}

// since says how long something took, for a line of progress.
func since(begin time.Time) string { return time.Since(begin).Round(time.Millisecond).String() }
