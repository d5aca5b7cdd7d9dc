// Package asset serves the files that pages need: the stylesheet, the icons, the scripts. They are embedded, named by
// their content so that a browser keeps them for ever, and compressed once, when first asked for. htmx is version
// 2.0.11 of npm's htmx.org, unchanged; its licence lies beside it.
package asset
