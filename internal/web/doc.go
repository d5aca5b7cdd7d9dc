// Package web answers the browser. routes.go reads as the table of contents; each act has a file of its own, named by
// what the user does: it asks the rooms, fills a struct of package view and writes the page. A handler decides nothing
// about rights beyond asking trust/access and the rooms, which answer what is out of scope exactly as what does not
// exist. Every page works without JavaScript. Nothing personal goes into an address, a cookie or the log.
package web
