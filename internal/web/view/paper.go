package view

import (
	"strconv"

	"zhibu/internal/party/document/paper"
)

// Papers is a page of papers to print. They speak Chinese whatever language the page speaks.
type Papers struct {
	Heading, Lead Text
	Notices       []Notice
	PDF           string // address of the same as PDF, "" none
	Sheets        []paper.Sheet
}

func paperID(i int) string { return "paper-" + strconv.Itoa(i) }

// What papers say everywhere, in Chinese whatever language the page speaks.
const (
	paperColon = "："
	paperDate  = "　　　　年　　月　　日"
	paperBasis = "依据："
)
