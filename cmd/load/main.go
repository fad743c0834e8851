// Command load drives the real HTTP server and prints figures, each beside the
// nearest limit measured in the same run: a bare gin route, a raw INSERT, a raw
// signature. Absolute figures say little on a shared machine; the ratio does.
//
//	go run ./cmd/load figures
//	go run ./cmd/load redecide -people 1000000
//	go run ./cmd/load feed -rows 10000000 -traffic
//	go run ./cmd/load district
//
// Every line reads: figure NAME VALUE UNIT limit VALUE ratio R.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the machine may have no zone files
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	seconds := flags.Int("seconds", 3, "how long each figure is measured")
	people := flags.Int("people", 100_000, "how many residents are decided anew")
	lines := flags.Int("rows", 1_000_000, "how many rows the operator's feed has")
	traffic := flags.Bool("traffic", false, "open codes while the feed is taken in")
	share := flags.Float64("share", 1, "what part of the time the feed may use, above 0 and at most 1")
	profile := flags.String("profile", "", "a file for the CPU profile of deciding anew")
	if err := flags.Parse(args); err != nil {
		return err
	}
	what := flags.Arg(0)
	if flags.NArg() > 1 { // flags may also follow the word
		if err := flags.Parse(flags.Args()[1:]); err != nil {
			return err
		}
	}
	switch what {
	case "figures":
		return figures(ctx, *seconds, out)
	case "district":
		return district(ctx, out)
	case "redecide":
		return redecide(ctx, *people, *profile, out)
	case "feed":
		return feed(ctx, *lines, *share, *traffic, out)
	}
	return fmt.Errorf("usage: load figures [-seconds N] | redecide [-people N] [-profile FILE] | feed [-rows N] [-share F] [-traffic] | district")
}

// say prints one figure beside its limit.
func say(out io.Writer, name string, value float64, unit string, limit float64) {
	fmt.Fprintf(out, "figure %-22s %10.2f %-8s limit %10.2f ratio %6.2f\n", name, value, unit, limit, value/limit)
}
