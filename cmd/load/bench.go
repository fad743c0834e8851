package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
)

// figures measures everything, one after the other: the program itself, and then
// what it does, on SQLite and on MySQL or MariaDB if there is one.
func figures(ctx context.Context, seconds int, out io.Writer) error {
	dir, err := os.MkdirTemp("", "healthcode-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := program(ctx, dir, out); err != nil {
		return fmt.Errorf("the program: %w", err)
	}
	for _, make := range []func(context.Context, string) (*database, error){newSQLite, newMySQL} {
		db, err := make(ctx, dir)
		if err != nil {
			return err
		}
		if db == nil {
			continue
		}
		err = requests(ctx, db, time.Duration(seconds)*time.Second, out)
		if err := errors.Join(err, db.drop()); err != nil {
			return err
		}
	}
	return nil
}

// requests measures what residents and guards ask for.
func requests(ctx context.Context, db *database, length time.Duration, out io.Writer) error {
	b, err := newBench(ctx, db)
	if err != nil {
		return err
	}
	defer b.close()
	b.length = length
	bare, err := b.bareRoute(ctx)
	if err != nil {
		return err
	}
	open, err := b.measure(ctx, b.openCode)
	if err != nil {
		return fmt.Errorf("open the code: %w", err)
	}
	say(out, "open_code_cpu"+db.suffix, open.cpu, "us", bare.cpu)
	insert, err := b.rawInsert(ctx)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		do   func(context.Context, int) error
	}{{"login_wall", b.login}, {"declare_wall", b.declare}, {"scan_wall", b.scanAt(b.gate)}, {"scan_gateway_wall", b.scanAt(b.gateway)}} {
		cost, err := b.measure(ctx, f.do)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		say(out, f.name+db.suffix, cost.wall, "us", insert.wall)
	}
	if db.suffix != "" { // pages weigh the same on any database
		return nil
	}
	return b.weigh(ctx, out)
}

// cost is what one request took: of this process's CPU, and of time.
type cost struct {
	cpu, wall float64 // microseconds
}

// measure does one thing again and again, one at a time, for as long as figures
// are measured, and says what one took. Client and server are this one process,
// so the client's share is in it, and in the limit as well.
func (b *bench) measure(ctx context.Context, do func(context.Context, int) error) (cost, error) {
	for i := range 2 * people { // warm: everybody has their grant
		if err := do(ctx, i); err != nil {
			return cost{}, err
		}
	}
	runtime.GC()
	begin, used, n := time.Now(), processor(), 0
	for ; time.Since(begin) < b.length; n++ {
		if err := do(ctx, 2*people+n); err != nil {
			return cost{}, err
		}
	}
	each := float64(n)
	return cost{float64((processor() - used).Microseconds()) / each, float64(time.Since(begin).Microseconds()) / each}, nil
}

// processor is the CPU time that this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// bareRoute is the limit of everything that is asked through HTTP: a gin route
// that answers the same number of bytes and does nothing.
func (b *bench) bareRoute(ctx context.Context) (cost, error) {
	engine := gin.New()
	engine.GET("/", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"colour": "green", "grant": b.filler}) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return cost{}, err
	}
	server := &http.Server{Handler: engine, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(l) // until it is closed
	defer server.Close()
	return b.measure(ctx, func(ctx context.Context, _ int) error {
		_, err := b.get(ctx, "http://"+l.Addr().String()+"/", b.token(0))
		return err
	})
}
