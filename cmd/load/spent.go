package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// spent is the CPU time that this process and the database's have used.
type spent struct{ own, server time.Duration }

func (b *bench) spent(ctx context.Context) spent {
	return spent{processor(), b.db.processor(ctx)}
}

// since says what was used meanwhile. On a machine that others use too, that says
// more than the time it took, and no job is done sooner than all cores can.
func (s spent) since(before spent, out io.Writer) {
	own, server := (s.own - before.own).Seconds(), (s.server - before.server).Seconds()
	fmt.Fprintf(out, "cpu: %.2f s here, %.2f s in the database; %.2f s on %d cores\n", own, server, (own+server)/float64(runtime.NumCPU()), runtime.NumCPU())
}

// clockTick is the unit in which Linux counts a process's time, whatever the machine.
const clockTick = 10 * time.Millisecond

// processor is the CPU time of the database's server, where it is on this machine.
func (d *database) processor(ctx context.Context) time.Duration {
	if d.suffix == "" {
		return 0
	}
	db, err := d.raw()
	if err != nil {
		return 0
	}
	defer db.Close()
	var file string
	if err := db.QueryRowContext(ctx, "SELECT @@pid_file").Scan(&file); err != nil {
		return 0
	}
	pid, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	stat, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(stat), ") ") // the name before it may have spaces
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * clockTick
}
