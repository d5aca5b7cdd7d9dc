// Package installation opens and founds one installation: its directory, its secrets, its database, and the rooms
// wired to each other. Commands, pages and the API get everything from here. A directory holds the key file, the
// configuration, the SQLite files (or the address of a PostgreSQL database), the witness file, sealed uploads and,
// after founding, the recovery kit.
package installation
