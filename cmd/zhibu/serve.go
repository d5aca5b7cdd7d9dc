package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"zhibu/internal/fault"
	"zhibu/internal/installation"
	"zhibu/internal/words"
)

type serveFlags struct {
	listen string
	ready  func(ctx context.Context, in *installation.Installation, url string)
}

func (c *console) serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use: "serve", Short: "打开网页和接口 / serve the pages and the API",
		Example: "  zhibu serve --dir /var/lib/zhibu\n  zhibu serve --dir /var/lib/zhibu --listen 0.0.0.0:8443",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.ready = func(ctx context.Context, _ *installation.Installation, url string) {
				fmt.Fprintln(c.out, words.T(ctx, "已经开始服务：%s", url))
			}
			return c.serve(cmd.Context(), f)
		},
	}
	cmd.Flags().StringVar(&f.listen, "listen", "", "监听地址，默认 127.0.0.1:8420 或配置 / address to listen on")
	return cmd
}

const defaultListen = "127.0.0.1:8420"

// serve runs until it is told to stop: pages, the API, and the work that goes on beside them.
func (c *console) serve(ctx context.Context, f serveFlags) error {
	in, err := installation.Open(ctx, c.options())
	if err != nil {
		return err
	}
	defer in.Close()
	if err := in.ClearTemp(time.Minute); err != nil {
		return err
	}
	address := firstOf(f.listen, in.Config.Listen, defaultListen)
	secure, err := in.TLS()
	if err != nil {
		return err
	}
	if err := allowed(in, address, secure != nil); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fault.New(fault.Unavailable, "地址 %s 不能监听：%v。可能已有一个在运行，或用 --listen 换一个。", address, err).Because(err)
	}
	url := in.Config.Origin
	if url == "" {
		url = origin(listener.Addr().String(), secure != nil)
	}
	server, handler, err := handlers(in, secure != nil, url)
	if err != nil {
		return err
	}
	defer server.Close() // what was started on pages ends before the installation is closed
	h := &http.Server{Handler: handler, TLSConfig: secure, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn)}
	h.RegisterOnShutdown(server.EndStreams)
	stop := background(context.WithoutCancel(ctx), in) // requests that are finished after the signal still need it
	defer stop()
	failed := make(chan error, 1)
	go func() {
		if secure != nil {
			failed <- h.ServeTLS(listener, "", "")
		} else {
			failed <- h.Serve(listener)
		}
	}()
	server.Ready(true)
	slog.Info("ready", "passphrase_ms", in.Derivation.Milliseconds()) // what a start takes beyond it is the program's own
	f.ready(ctx, in, url)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	server.Ready(false)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := h.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// allowed refuses plain HTTP off the loopback, unless a named proxy terminates HTTPS; a demo never leaves the loopback.
func allowed(in *installation.Installation, address string, secure bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fault.New(fault.Invalid, "监听地址 %s 应写成 127.0.0.1:8420 这样。", address).At("listen")
	}
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case local:
		return nil
	case in.Config.Demo:
		return fault.New(fault.Invalid, "演示只在本机打开，请用 127.0.0.1。").At("listen")
	case !secure && len(in.Config.TrustedProxy) == 0:
		return fault.New(fault.Invalid, "不加密的 HTTP 只允许在本机。请配置证书（tls_cert、acme，或 zhibu init --local-ca），或者写明负责 HTTPS 的代理（trusted_proxy）。").At("listen")
	}
	return nil
}

func origin(address string, secure bool) string {
	scheme := "http://"
	if secure {
		scheme = "https://"
	}
	return scheme + strings.Replace(address, "127.0.0.1", "localhost", 1)
}

// background runs what goes on beside the pages: chaining acts, writing looks, imports, scheduled backups, sweeping
// sessions. The returned function waits until everything has ended.
func background(ctx context.Context, in *installation.Installation) func() {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	report := func(what string) func(error) {
		return func(err error) { slog.Error(what, "error", err) }
	}
	for _, work := range []func(){
		func() { in.Ledger.Run(ctx, time.Second, report("audit")) },
		func() { in.Members.Run(ctx, report("looks")) },
		func() { in.Intake.Work(ctx, report("import")) },
		func() { in.Reviews.Watch(ctx, 10*time.Minute, report("review")) },
		func() { in.Duties.Watch(ctx, 5*time.Second, report("duties")) },
		func() { in.Remind(ctx, report("notices")) },
		func() { in.Stewards.Watch(ctx, 10*time.Minute, report("disputes")) },
		func() { in.Keep(ctx, report("backup")) },
		func() { in.Sweep(ctx, report("sweep")) },
		func() { in.Documents.Work(ctx, report("documents")) },
		func() { in.Documents.Run(ctx, report("documents")) },
		func() { in.TurnKeys(ctx, report("keys")) },
		func() { in.KeepShredding(ctx, report("destruction")) },
	} {
		wg.Add(1)
		go func() { defer wg.Done(); work() }()
	}
	return func() {
		cancel()
		wg.Wait()
		if _, err := in.Ledger.Sequence(context.WithoutCancel(ctx)); err != nil {
			slog.Error("audit", "error", err)
		}
	}
}
