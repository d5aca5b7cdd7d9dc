// Package vault holds the keys. A Ring is the installation's secrets, kept in one passphrase-protected file; below it
// every person has a random key of their own, wrapped by the ring and kept apart from the data, so that destroying
// that one key makes the person's sealed fields unreadable for ever, in the audit record too.
// A sealed field is ver(1) | alg(1) | key(4) | nonce(12) | ciphertext | tag(16), 34 bytes more than its text, and is
// bound to its column and row: changed or moved, it does not open. AES-256-GCM and SM4-128-GCM are both always read;
// which one is written follows the ring's primary key. Equality is searched by blind index, never by opening.
package vault
