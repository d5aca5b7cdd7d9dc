package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"zhibu/internal/installation"
	"zhibu/internal/store"
)

func (c *console) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "version", Short: "程序版本 / version of the program", Example: "  zhibu version --json", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			facts := map[string]any{"version": installation.Version, "schema": store.Generation(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
			return c.print(facts, func(w io.Writer) {
				fmt.Fprintf(w, "zhibu %s (schema %d, %s, %s/%s)\n", installation.Version, store.Generation(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			})
		},
	}
	c.jsonFlag(cmd)
	return cmd
}
