// Package paper writes a member's record as a PDF to be handed over. It speaks Chinese whatever language the pages
// speak: it goes to Party organisations.
package paper
