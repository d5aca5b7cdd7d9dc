// Command guard stands between the browser tests and the interface of the program: it passes every request on, holds
// request and answer to the OpenAPI document that the program serves, and prints a line for whatever does not conform.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"

	"zhibu/internal/exchange/conform"
)

func main() {
	target := flag.String("target", "", "address of the program")
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	if err := serve(*target, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(1)
	}
}

func serve(target, listen string) error {
	to, err := url.Parse(target)
	if err != nil {
		return err
	}
	const prefix = "/api/v1"
	res, err := http.Get(target + prefix + "/openapi.json")
	if err != nil {
		return err
	}
	defer res.Body.Close()
	document, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	g, err := conform.New(document, prefix, httputil.NewSingleHostReverseProxy(to), func(what string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println("does not conform:", what)
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	fmt.Println("guard at", l.Addr())
	return http.Serve(l, g) //nolint:gosec // a test's own, on the loopback
}
