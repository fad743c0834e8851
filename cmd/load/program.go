package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// program measures the built program as it is deployed: how long it takes from
// its start to its first answer, and what it holds when nothing is asked.
func program(ctx context.Context, dir string, out io.Writer) error {
	p := filepath.Join(dir, "healthcode")
	if said, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", p, "healthcode/cmd/healthcode").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	listen, err := free()
	if err != nil {
		return err
	}
	ring := filepath.Join(dir, "ring")
	env := append(os.Environ(), "HEALTHCODE_LISTEN="+listen, "HEALTHCODE_METRICS_LISTEN=127.0.0.1:0", "HEALTHCODE_ORIGIN=https://hc.example.cn",
		"HEALTHCODE_DATABASE=sqlite:"+filepath.Join(dir, "program.db"), "HEALTHCODE_KEY_RING="+ring, "WECHAT_APP_ID=wx1", "WECHAT_APP_SECRET=load")
	run := func(args ...string) ([]byte, error) {
		c := exec.CommandContext(ctx, p, args...)
		c.Env = env
		return c.CombinedOutput()
	}
	said, err := run("keys", "create", ring)
	if err != nil {
		return fmt.Errorf("keys create: %w", err)
	}
	for line := range strings.Lines(string(said)) {
		if key, found := strings.CutPrefix(strings.TrimSpace(line), "HEALTHCODE_KEY_RING_KEY="); found {
			env = append(env, "HEALTHCODE_KEY_RING_KEY="+key)
		}
	}
	if said, err := run("migrate"); err != nil {
		return fmt.Errorf("migrate: %w: %s", err, said)
	}
	return serve(ctx, exec.CommandContext(ctx, p, "serve"), env, "http://"+listen+"/readyz", out)
}

// serve starts the program and asks until it answers.
func serve(ctx context.Context, c *exec.Cmd, env []string, address string, out io.Writer) (err error) {
	var said bytes.Buffer
	c.Env, c.Stderr = env, &said
	begin := time.Now()
	if err := c.Start(); err != nil {
		return err
	}
	defer func() {
		_ = c.Process.Signal(os.Interrupt)
		err = errors.Join(err, c.Wait())
	}()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(r); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(begin) > 20*time.Second || ctx.Err() != nil {
			return fmt.Errorf("no answer: %s", said.Bytes())
		}
		time.Sleep(time.Millisecond)
	}
	say(out, "start_to_first_answer", time.Since(begin).Seconds(), "s", 1)
	time.Sleep(time.Second) // what starting took is given back
	held, err := resident(c.Process.Pid)
	if err != nil {
		return err
	}
	say(out, "idle_memory", held, "MB", 100)
	return nil
}

// free is an address on this machine where nobody listens.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// resident is how much memory a process holds, in MB.
func resident(pid int) (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	var size, pages int
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		return 0, err
	}
	return float64(pages*os.Getpagesize()) / (1 << 20), nil
}
