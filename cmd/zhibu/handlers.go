package main

import (
	"net/http"

	"zhibu/internal/exchange/api"
	"zhibu/internal/installation"
	"zhibu/internal/web"
)

// handlers are the pages and the API of an installation, as one site.
// address is where people reach it.
func handlers(in *installation.Installation, secure bool, address string) (*web.Server, http.Handler, error) {
	pages, err := web.New(in, web.Options{Secure: secure || len(in.Config.TrustedProxy) > 0, Origin: in.Config.Origin,
		Address: address, TrustedProxy: in.Config.TrustedProxy})
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", api.New(in, api.Options{}))
	mux.Handle("/", pages.Handler())
	return pages, mux, nil
}
