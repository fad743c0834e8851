package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
)

// figures measures everything, one after the other.
func figures(ctx context.Context, seconds int, out io.Writer) error {
	dir, err := os.MkdirTemp("", "healthcode-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	begin := time.Now()
	b, err := newBench(ctx, filepath.Join(dir, "load.db"))
	if err != nil {
		return err
	}
	defer b.close()
	if _, err := b.get(ctx, b.base+"/healthz", ""); err != nil {
		return err
	}
	say(out, "start_to_first_answer", time.Since(begin).Seconds(), "s", 1)
	say(out, "idle_memory", resident(), "MB", 100)
	b.length = time.Duration(seconds) * time.Second
	bare, err := b.bareRoute(ctx)
	if err != nil {
		return err
	}
	open, err := b.measure(ctx, b.openCode)
	if err != nil {
		return fmt.Errorf("open the code: %w", err)
	}
	say(out, "open_code_cpu", open.cpu, "us", bare.cpu)
	insert, err := b.rawInsert(ctx)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		do   func(context.Context, int) error
	}{{"login_wall", b.login}, {"declare_wall", b.declare}, {"scan_wall", b.scan}} {
		cost, err := b.measure(ctx, f.do)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		say(out, f.name, cost.wall, "us", insert.wall)
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

// resident is how much memory this process holds, in MB.
func resident() float64 {
	runtime.GC()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		return 0
	}
	return float64(pages*os.Getpagesize()) / (1 << 20)
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
