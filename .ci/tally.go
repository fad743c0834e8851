// Command tally reads the output of "go test -json", shows what a person wants
// of it (each package's line, and all that a failed test said), appends "passed
// failed skipped" to the file named by its first argument, and the name of what
// failed to that file with .failed behind its name. It exits 1 if a test or a
// package failed or if no test ran.
//
// With CI=true a test that was skipped for want of a database or a browser has
// failed: nobody would read that it was skipped. What -short leaves out was left
// out on purpose.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// event is one line of go doc test2json.
type event struct {
	Action, Package, ImportPath, Test, Output string
}

// tool finds a skip for want of something that CI has.
var tool = regexp.MustCompile(`(?i)mysql|mariadb|chrom|browser|node is missing|npm`)

// short is in what a test says that -short leaves out.
const short = "left out with -short"

type tally struct {
	strict          bool
	out             io.Writer
	said            map[string]string // by package and test
	failing         map[string]bool   // packages with a failed test
	failed          []string          // packages and tests
	passed, skipped int
}

func main() {
	t := &tally{strict: os.Getenv("CI") == "true", out: os.Stdout, said: map[string]string{}, failing: map[string]bool{}}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadString('\n')
		t.line(line)
		if err != nil {
			break
		}
	}
	if t.passed+len(t.failed) == 0 {
		fmt.Println("no test ran")
		t.failed = []string{"no test ran"}
	}
	err := add(os.Args[1], fmt.Sprintln(t.passed, len(t.failed), t.skipped))
	if err == nil && len(t.failed) > 0 {
		err = add(os.Args[1]+".failed", strings.Join(t.failed, "\n")+"\n")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || len(t.failed) > 0 {
		os.Exit(1)
	}
}

func add(name, text string) error {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

func (t *tally) line(line string) {
	var e event
	if json.Unmarshal([]byte(line), &e) != nil || e.Action == "" {
		fmt.Fprint(t.out, line) // a tool's own words
		return
	}
	key := e.Package + " " + e.Test
	switch {
	case e.Action == "build-output":
		fmt.Fprint(t.out, e.Output)
	case e.Action == "output" && e.Test == "" && strings.HasPrefix(e.Output, "-test.shuffle "):
		t.said[key] = e.Output // the seed matters only if a test fails
	case e.Action == "output" && e.Test == "":
		if e.Output != "PASS\n" {
			fmt.Fprint(t.out, e.Output)
		}
	case e.Action == "output":
		t.said[key] += e.Output
	case e.Action == "pass" && e.Test != "":
		t.passed++
		delete(t.said, key)
	case e.Action == "skip" && e.Test != "":
		t.skip(key)
	case e.Action == "fail" && e.Test != "":
		t.fail(key, e.Package)
	case e.Action == "fail":
		if !t.failing[e.Package] {
			t.failed = append(t.failed, key) // it did not build, or it ended outside any test
		}
		t.rest(e.Package)
	}
}

func (t *tally) fail(key, pkg string) {
	t.failed = append(t.failed, key)
	t.failing[pkg] = true
	fmt.Fprint(t.out, t.said[key])
	delete(t.said, key)
}

func (t *tally) skip(key string) {
	if t.strict && tool.MatchString(t.said[key]) && !strings.Contains(t.said[key], short) {
		fmt.Fprint(t.out, "skipped, which is a failure in CI: ", key, "\n", t.said[key])
		t.failed = append(t.failed, key)
	} else {
		t.skipped++
	}
	delete(t.said, key)
}

// rest shows what is left of a failed package: its seed, and what tests said that
// never ended.
func (t *tally) rest(pkg string) {
	for key, said := range t.said {
		if strings.HasPrefix(key, pkg+" ") {
			fmt.Fprint(t.out, said)
			delete(t.said, key)
		}
	}
}
