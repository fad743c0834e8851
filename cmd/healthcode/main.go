// Command healthcode is the service, and everything its operator does to it.
//
//	healthcode keys create     make the key ring
//	healthcode migrate         bring the database to this program's schema
//	healthcode init            stand a place up from nothing
//	healthcode places FILE     add jurisdictions, communities and venues
//	healthcode staff invite …  make the link with which somebody joins
//	healthcode serve           serve residents and staff
//	healthcode rules …         check rule files, and take past decisions again
//	healthcode peer …          go by the codes of other installations
//	healthcode code …          make codes and links that open the mini-programs
//	healthcode sweep           delete what has been kept long enough
//	healthcode import …        take records in from a CSV file
//	healthcode feed …          take in what telecom operators tell
//
// Settings are environment variables; `healthcode config` lists them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the image has no zone files

	"github.com/alecthomas/kong"
)

// commands is the whole command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Serve residents and staff until told to stop."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to this program's schema. Run it with the rights of the database's owner."`
	Grants  grantsCommand  `cmd:"" help:"Print the SQL that gives the service's MySQL accounts what they need, and no more."`
	Sweep   sweepCommand   `cmd:"" help:"Delete what has been kept long enough and write down what time has decided. Run it every hour."`
	Import  importCommand  `cmd:"" help:"Take vaccinations or tests in from a CSV file."`
	Init    initCommand    `cmd:"" help:"Stand a place up from nothing: schema, divisions, a community, a venue, and the first administrator's invitation."`
	Places  placesCommand  `cmd:"" help:"Add jurisdictions, communities and venues from a file."`
	Staff   staffCommand   `cmd:"" help:"Invite a member of staff."`
	Client  clientCommand  `cmd:"" help:"Let a registry or laboratory deliver records."`
	Feed    feedCommand    `cmd:"" help:"Take in what telecom operators tell of those who agreed to it."`
	Rules   rulesCommand   `cmd:"" help:"Check rule files, and take past decisions again."`
	Code    codeCommand    `cmd:"" help:"Make codes and links that open the mini-programs."`
	Peer    peerCommand    `cmd:"" help:"Say what other installations need to know of this one, and go by their codes."`
	Keys    keysCommand    `cmd:"" help:"Make, extend and back up the key ring."`
	Config  configCommand  `cmd:"" help:"List the settings."`
}

// surroundings is what a command sees of the world.
type surroundings struct {
	ctx    context.Context
	lookup func(string) (string, bool)
	in     io.Reader
	out    io.Writer
	errs   io.Writer

	outside http.RoundTripper // the way to the platforms; nil is the real one
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(surroundings{ctx: ctx, lookup: os.LookupEnv, in: os.Stdin, out: os.Stdout, errs: os.Stderr}, os.Args[1:]))
}

// run is the program: 0 when it did what it was asked, 1 when it could not, 2
// when it was not asked for anything it knows.
func run(at surroundings, args []string) int {
	var c commands
	left := -1
	parser, err := kong.New(&c, kong.Name("healthcode"), kong.Writers(at.out, at.errs), kong.Exit(func(code int) { left = code }))
	if err != nil {
		fmt.Fprintln(at.errs, "healthcode:", err)
		return 2
	}
	chosen, err := parser.Parse(args)
	if left >= 0 { // --help was asked for and given
		return left
	}
	if err != nil {
		fmt.Fprintln(at.errs, "healthcode:", err)
		return 2
	}
	if err := chosen.Run(at); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(at.errs, "healthcode:", err)
		return 1
	}
	return 0
}
