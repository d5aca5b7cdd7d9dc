// Package notice tells people what concerns them (通知). Everything lies in the inbox of whoever is told, and nothing else is
// needed to read it; outside channels only say how many things of which kind wait there. A room that has something to tell
// calls Give inside its own transaction, so that what happened and what is told of it are there together or not at all. This
// room knows neither organisations nor records: a notice bears codes and identifiers, which the pages put into words.
package notice
