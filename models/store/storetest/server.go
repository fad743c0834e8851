package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

var errNoServer = errors.New("needs MySQL: set TEST_MYSQL_DSN or install mariadbd")

// server is where databases are made.
type server struct {
	config *mysql.Config
	admin  *sql.DB
	stop   func()
}

// theServer is shared by all tests of a binary and started by the first.
var (
	started   *server
	theServer = sync.OnceValues(func() (*server, error) {
		s, err := startServer()
		started = s
		return s, err
	})
)

// Main runs the tests and returns once the private server, if one was started,
// is gone. It is for TestMain. Without it the server ends soon after the tests.
func Main(m *testing.M) {
	code := m.Run()
	if started != nil {
		started.admin.Close()
		started.stop()
	}
	os.Exit(code)
}

// required says whether a missing server is a failure.
func required() bool { return os.Getenv("CI") == "true" || os.Getenv("TEST_REQUIRE_MYSQL") == "1" }

func startServer() (*server, error) {
	if given := os.Getenv("TEST_MYSQL_DSN"); given != "" {
		config, err := mysql.ParseDSN(given)
		if err != nil {
			return nil, errors.New("TEST_MYSQL_DSN cannot be read; it looks like user:password@tcp(host:3306)/")
		}
		return reach(&server{config: config, stop: func() {}})
	}
	if !installed("mariadbd") || !installed("mariadb-install-db") {
		return nil, errNoServer
	}
	return startPrivate()
}

// installed also looks where Debian keeps servers, out of ordinary users' path.
func installed(name string) bool {
	_, err := exec.LookPath(name)
	if err != nil {
		_, err = exec.LookPath("/usr/sbin/" + name)
	}
	return err == nil
}

// keeper runs a server in the directory $1 until its input ends, which it does
// however the test binary ends, and then takes both away.
const keeper = `
trap : INT TERM
PATH=$PATH:/usr/sbin
[ "$(id -u)" = 0 ] && root=--user=root
mariadb-install-db --no-defaults $root --auth-root-authentication-method=normal \
	--skip-test-db --datadir="$1/data" >"$1/log" 2>&1 || exit
mariadbd --no-defaults $root --datadir="$1/data" --socket="$1/s" --pid-file="$1/pid" \
	--skip-networking --skip-name-resolve --max-connections=500 \
	--character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
	--innodb-flush-log-at-trx-commit=1 >>"$1/log" 2>&1 &
read -r _
kill $!
wait $!
rm -rf "$1"
`

func startPrivate() (*server, error) {
	dir, err := os.MkdirTemp(memory(), "hc")
	if err != nil {
		return nil, fmt.Errorf("private mariadbd: %w", err)
	}
	input, alive, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("private mariadbd: %w", err)
	}
	cmd := exec.Command("sh", "-c", keeper, "sh", dir)
	cmd.Stdin = input
	if err := errors.Join(cmd.Start(), input.Close()); err != nil {
		return nil, fmt.Errorf("private mariadbd: %w", err)
	}
	config := mysql.NewConfig()
	config.User, config.Net, config.Addr = "root", "unix", filepath.Join(dir, "s")
	s, err := reach(&server{config: config, stop: func() {
		alive.Close()
		cmd.Wait()
	}})
	if err != nil {
		log, _ := os.Open(filepath.Join(dir, "log"))
		said, _ := io.ReadAll(io.LimitReader(log, 4000))
		return nil, fmt.Errorf("private mariadbd: %w\n%s", err, said)
	}
	return s, nil
}

// memory is a directory that is not on a disk, if there is one with room, or ""
// for the system's own.
func memory() string {
	const shared, room = "/dev/shm", 1 << 30
	var fs syscall.Statfs_t
	if syscall.Statfs(shared, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < room {
		return ""
	}
	return shared
}

// reach opens the server and waits until it answers.
func reach(s *server) (*server, error) {
	var err error
	if s.admin, err = connect(s.config); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		if err = s.admin.PingContext(ctx); err == nil {
			return s, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("the MySQL for tests does not answer: %w", err)
		}
	}
}
