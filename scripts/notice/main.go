// Command notice lists everything that is compiled or embedded into the program, with its licence, as THIRD_PARTY.md.
// With -check it compares instead, and ends with 1 when the list is older than what is built in.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// part is a work of others inside the program.
type part struct {
	name, version string
	kind          string   // SPDX name of the licence
	holders       []string // its copyright lines
	text          string   // the licence without them
	notice        string   // what is to be handed on besides: NOTICE, and licences of works inside the work
}

const listFile = "THIRD_PARTY.md"

// Works of others are embedded from these folders; of what a module has embedded in its turn, the licence lies in one.
var assets = []string{"internal/web/asset", "internal/party/document/typeface", "internal/party/document/pdfium"}

// What runs on each of these is handed out (`make cross`), so what each of them needs is listed.
var systems = [][2]string{{"linux", "amd64"}, {"linux", "arm64"}, {"linux", "loong64"}, {"windows", "amd64"}}

func main() {
	check := flag.Bool("check", false, "compare with "+listFile+" instead of printing")
	flag.Parse()
	if err := run(*check, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "notice:", err)
		os.Exit(1)
	}
}

func run(check bool, out io.Writer) error {
	parts, err := modules()
	if err != nil {
		return err
	}
	for _, folder := range assets {
		embedded, err := vendored(folder)
		if err != nil {
			return err
		}
		parts = append(parts, embedded...)
	}
	list := render(parts)
	if !check {
		_, err = out.Write(list)
		return err
	}
	stands, err := os.ReadFile(listFile)
	if err != nil {
		return err
	}
	if !bytes.Equal(stands, list) {
		return errors.New(listFile + " is not fresh (run make notice)")
	}
	return nil
}

// modules finds the Go modules that the release builds really contain; what go.mod names beside them is not handed on.
func modules() ([]part, error) {
	goRoot, err := output(nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	release, err := output(nil, "go", "env", "GOVERSION")
	if err != nil {
		return nil, err
	}
	standard, err := describe("Go "+strings.TrimSpace(string(release)), "", strings.TrimSpace(string(goRoot)))
	if err != nil {
		return nil, err
	}
	standard.name, standard.version = "The Go standard library", "of the release in go.mod"

	found := map[string]part{standard.name: standard}
	for _, system := range systems {
		env := []string{"GOOS=" + system[0], "GOARCH=" + system[1], "CGO_ENABLED=0"}
		list, err := output(env, "go", "list", "-deps", "-json=Module", "./cmd/zhibu")
		if err != nil {
			return nil, err
		}
		for decoder := json.NewDecoder(bytes.NewReader(list)); ; {
			var listed struct {
				Module *struct {
					Path, Version, Dir string
					Main               bool
				}
			}
			if err := decoder.Decode(&listed); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			m := listed.Module
			if m == nil || m.Main {
				continue
			}
			if _, known := found[m.Path]; known {
				continue
			}
			if found[m.Path], err = describe(m.Path, m.Version, m.Dir); err != nil {
				return nil, err
			}
		}
	}
	parts := make([]part, 0, len(found))
	for _, p := range found {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return parts, nil
}

// vendored finds the licences that lie beside embedded files: NAME.LICENSE or LICENSE in a folder NAME.
func vendored(root string) ([]part, error) {
	var parts []part
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) && path == root {
			return filepath.SkipDir
		}
		if err != nil || entry.IsDir() || !strings.Contains(strings.ToUpper(entry.Name()), "LICENSE") {
			return err
		}
		p, err := read(path)
		p.name = strings.TrimPrefix(filepath.ToSlash(path), root+"/")
		p.version = "in " + root
		parts = append(parts, p)
		return err
	})
	return parts, err
}

func output(env []string, name string, args ...string) ([]byte, error) {
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), env...)
	command.Stderr = os.Stderr
	return command.Output()
}

func describe(name, version, dir string) (part, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return part{}, err
	}
	var p part
	for _, file := range files {
		base := strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(file.Name(), ".md"), ".txt"))
		switch {
		case base == "NOTICE", strings.HasPrefix(base, "LICENSE-") && base != "LICENSE-LOGO":
			text, err := os.ReadFile(filepath.Join(dir, file.Name()))
			if err != nil {
				return part{}, err
			}
			p.notice += "\n" + plain(string(text))
		case p.text == "" && (base == "LICENSE" || base == "LICENCE" || base == "COPYING"):
			read, err := read(filepath.Join(dir, file.Name()))
			if err != nil {
				return part{}, err
			}
			read.notice, p = p.notice, read
		}
	}
	p.name, p.version = name, version
	if p.text == "" {
		return part{}, fmt.Errorf("%s %s has no licence file", name, version)
	}
	return p, nil
}

var copyrightLine = regexp.MustCompile(`(?mi)^[ \t]*(?:copyright (?:\(c\)|©|\d|[a-z]).*|©.*)$\n?`)

// read takes a licence apart: whose it is, and its words, in which the works under one licence are alike.
func read(path string) (part, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return part{}, err
	}
	text := plain(string(raw))
	p := part{kind: classify(text)}
	if p.kind == "" {
		return part{}, fmt.Errorf("%s: a licence this command does not know; read it and teach it", path)
	}
	head, rest := text, ""
	if p.kind == "Apache-2.0" || p.kind == "MPL-2.0" {
		// These carry a specimen copyright line in an appendix, which is nobody's.
		head, rest = "", text
	}
	for _, line := range copyrightLine.FindAllString(head, -1) {
		p.holders = append(p.holders, strings.TrimSpace(line))
	}
	p.text = strings.TrimSpace(copyrightLine.ReplaceAllString(head, "") + rest)
	return p, nil
}

func plain(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// classify knows a licence by the words no other has.
func classify(text string) string {
	words := strings.Join(strings.Fields(text), " ")
	has := func(s string) bool { return strings.Contains(words, s) }
	switch {
	case has("Apache License") && has("Version 2.0"):
		return "Apache-2.0"
	case has("Mozilla Public License Version 2.0"), has("Mozilla Public License, version 2.0"):
		return "MPL-2.0"
	case has("Redistribution and use in source and binary forms") && has("Neither the name"):
		return "BSD-3-Clause"
	case has("Redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("Permission to use, copy, modify, and/or distribute this software"), has("Permission to use, copy, modify, and distribute this software"):
		if has("copyright notice and this permission notice appear in all copies") {
			return "ISC"
		}
		return "0BSD"
	case has("Permission is hereby granted, free of charge") && has("substantial portions"):
		return "MIT"
	}
	return ""
}

func render(parts []part) []byte {
	var out bytes.Buffer
	out.WriteString("# Works of others inside the program\n\n" +
		"Made by `make notice` from what the release builds contain. The program itself is under Apache-2.0, see [LICENSE](LICENSE).\n\n" +
		"| work | version | licence |\n|---|---|---|\n")
	for _, p := range parts {
		fmt.Fprintf(&out, "| %s | %s | %s |\n", p.name, p.version, p.kind)
	}

	// One chapter for each wording, under it everybody whose work comes under it.
	wordings := map[string][]part{}
	for _, p := range parts {
		key := p.kind + "\x00" + strings.Join(strings.Fields(p.text), " ")
		wordings[key] = append(wordings[key], p)
	}
	keys := make([]string, 0, len(wordings))
	for key := range wordings {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		same := wordings[key]
		fmt.Fprintf(&out, "\n## %d. %s\n\n", i+1, same[0].kind)
		for _, p := range same {
			fmt.Fprintf(&out, "- %s", p.name)
			if len(p.holders) > 0 {
				fmt.Fprintf(&out, ": %s", strings.Join(p.holders, "; "))
			}
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "\n```text\n%s\n```\n", same[0].text)
	}

	out.WriteString("\n## Notices handed on\n")
	for _, p := range parts {
		if p.notice != "" {
			fmt.Fprintf(&out, "\n%s\n\n````text\n%s\n````\n", p.name, strings.TrimSpace(p.notice))
		}
	}
	return out.Bytes()
}
