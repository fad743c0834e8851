package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"healthcode/models/forms"
	"healthcode/models/rules"
	"healthcode/models/store"
	"healthcode/platform"
	alipaysim "healthcode/platform/alipay/simulator"
	"healthcode/platform/vault"
	wechatsim "healthcode/platform/wechat/simulator"
)

// world is everything around the service: both super-apps, the city, and the
// service itself as a process that can be killed.
type world struct {
	data string // folder
	port int    // of the pages
	out  io.Writer
	city city

	wechat  *wechatsim.Simulator
	alipay  *alipaysim.Simulator
	servers []*http.Server // of the two
	beside  []*world       // other installations, in a story of several
	order   order          // what the service is told

	mu      sync.Mutex
	process *exec.Cmd
	ended   chan struct{}
}

// The apps that the demo logs in to.
const (
	wechatApp    = "wx0123456789abcdef"
	wechatSecret = "0123456789abcdef0123456789abcdef"
	alipayApp    = "2021000000000001"
)

// build puts the world together: the apps, the keys, and a city if there is none.
func build(ctx context.Context, data string, port int, out io.Writer) (*world, error) {
	w := &world{data: data, port: port, out: out}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, err
	}
	if err := w.playApps(); err != nil {
		return nil, err
	}
	if err := w.keys(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(data, "city.json")); err == nil {
		return w, w.recall()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	begin := time.Now()
	fmt.Fprintf(out, "founding a city of %d residents in %s …\n", residentsSeeded, data)
	for _, half := range []string{"city.db", "city.db-wal", "city.db-shm"} { // of a founding that was cut short
		if err := os.Remove(filepath.Join(data, half)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if err := w.seed(ctx); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "founded in %s\n", since(begin))
	return w, nil
}

// playApps starts both super-apps on loopback.
func (w *world) playApps() error {
	w.wechat = wechatsim.New(time.Now)
	w.wechat.AddApp(wechatApp, wechatSecret)
	var err error
	if w.alipay, err = alipaysim.New(time.Now); err != nil {
		return err
	}
	private, public, err := alipaysim.NewAppKey()
	if err != nil {
		return err
	}
	w.alipay.AddApp(alipayApp, public, alipaysim.OpenIDOnly)
	w.order.AlipayPrivateKey, w.order.AlipayEncryptKey = private, w.alipay.EncryptKey(alipayApp)
	if w.order.AlipayPublicKey, err = w.alipay.PublicKey(); err != nil {
		return err
	}
	for address, handler := range map[*string]http.Handler{&w.order.WeChat: w.wechat, &w.order.Alipay: w.alipay} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		*address = l.Addr().String()
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
		w.servers = append(w.servers, server)
		go server.Serve(l) // until stop
	}
	return nil
}

// keys makes the key ring, or finds it.
func (w *world) keys() error {
	w.order.KeyRing = filepath.Join(w.data, "keys.json")
	path := filepath.Join(w.data, "keys.kek")
	kek, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if kek, err = vault.NewKey(); err != nil {
			return err
		}
		if err := os.WriteFile(path, kek, 0o600); err != nil {
			return err
		}
		_, err = vault.Create(w.order.KeyRing, kek)
	}
	w.order.KeyRingKey = base64.StdEncoding.EncodeToString(kek)
	return err
}

// openStore opens the city's database with that clock.
func (w *world) openStore(ctx context.Context, now func() time.Time) (*store.Store, error) {
	keys, err := w.order.vault()
	if err != nil {
		return nil, err
	}
	w.order.Database = "sqlite:" + filepath.Join(w.data, "city.db")
	if _, err := store.Migrate(ctx, w.order.Database); err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{DSN: w.order.Database, Vault: keys, Rules: rules.Default(), Forms: forms.Default(),
		Now: now, Log: slog.New(slog.DiscardHandler)})
}

// identify logs a user in to one of the apps, as the service would.
func (w *world) identify(ctx context.Context, app, user string) (platform.Identity, error) {
	apps, err := w.order.adapters()
	if err != nil {
		return platform.Identity{}, err
	}
	return apps.Identify[app].Identify(ctx, w.open(app, user))
}

// open is a user opening the mini-program in that app: the code it gives them.
func (w *world) open(app, user string) string {
	if app == platform.WeChat {
		return w.wechat.Login(wechatApp, user)
	}
	return w.alipay.Login(alipayApp, user)
}

// start runs the service as a process of its own and waits until it is ready.
func (w *world) start(ctx context.Context) error {
	if w.order.Listen == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		w.order.Listen = l.Addr().String()
		if err := l.Close(); err != nil {
			return err
		}
		w.order.Origin = fmt.Sprintf("http://demo.localhost:%d", w.port)
		w.order.Database = "sqlite:" + filepath.Join(w.data, "city.db")
		w.order.Installation = cmp.Or(w.order.Installation, "330000") // the city's is Zhejiang's
	}
	path := filepath.Join(w.data, "service.json")
	b, err := json.Marshal(w.order)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return err
	}
	return w.launch(ctx, path)
}

func (w *world) launch(ctx context.Context, path string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(w.data, "service.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), serviceEnv+"="+path)
	cmd.Stdout, cmd.Stderr = log, log
	if _, err := cmd.StdinPipe(); err != nil { // held open for as long as the demo lives
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // how it ended is in its log
	w.mu.Lock()
	w.process, w.ended = cmd, ended
	w.mu.Unlock()
	return w.ready(ctx, ended)
}

// ready waits until the service says that it can do its work.
func (w *world) ready(ctx context.Context, ended chan struct{}) error {
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.service()+"/readyz", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(r)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return fmt.Errorf("the service ended; %s says why", filepath.Join(w.data, "service.log"))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// service is the address of the service itself.
func (w *world) service() string { return "http://" + w.order.Listen }

// restart kills the service without warning and starts it again.
func (w *world) restart(ctx context.Context) error {
	w.killService()
	return w.start(ctx)
}

func (w *world) killService() {
	w.mu.Lock()
	process, ended := w.process, w.ended
	w.mu.Unlock()
	if process != nil {
		_ = process.Process.Kill() // it may have ended by itself
		<-ended
	}
}

// stop ends everything that was started.
func (w *world) stop() {
	for _, other := range w.beside {
		other.stop()
	}
	w.killService()
	for _, s := range w.servers {
		_ = s.Close() // nothing is under way that matters
	}
}

// credentials prints who can log in to the console, and the codes of this moment.
func (w *world) credentials(out io.Writer) {
	fmt.Fprintln(out, "  staff      password                code now")
	for _, m := range w.city.Staff {
		code, err := m.code(time.Now())
		if err != nil {
			code = "-"
		}
		fmt.Fprintf(out, "  %-9s  %-22s  %s\n", m.Username, m.Password, code)
	}
}
