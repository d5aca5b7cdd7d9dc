// Package retention knows how long each class of records is kept, and destroys a person's record by procedure: one
// person proposes, another decides, the key is destroyed and with it everything that was sealed under it, in backups
// and in the log too; plain facts are cleared from the rows; what remains is a certificate without a name. The ids of the
// destroyed lie beside the keys, in the log and at the place of the backups, so that every restore applies them again.
package retention
