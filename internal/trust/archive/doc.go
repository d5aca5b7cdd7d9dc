// Package archive makes backups and brings them back. A run copies the database while it serves, cuts the copy into
// chunks, and adds what the bucket does not hold yet as packs encrypted to public keys; a signed, encrypted manifest
// comes last, so that a run killed anywhere leaves earlier backups whole and the next run clears its remains. The data
// and the persons' keys are two sets with their own retention: a shredded key is gone for good once the keys' days
// are over. The private half of the backup key lies in the recovery kit only; pruning does without it.
package archive
