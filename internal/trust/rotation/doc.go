// Package rotation turns keys over while the installation is in service. To rotate is to wrap everybody's key anew under
// a new key of the ring; to reseal is to give everybody a new data key as well, of the same algorithm or another, to
// seal every value anew and to let the blind indexes follow. Both are jobs that know from the rows themselves what is
// done: killed anywhere they begin their pass again, several processes may work at one without harm, and whoever reads
// meanwhile finds both keys open. What was destroyed stays destroyed, because a key is replaced only where it still is
// what was read.
//
// The images of the ledger are not touched: they are chained, and to seal them anew would break the chain. The older
// data keys therefore stay, wrapped beside the newest and destroyed together with it.
package rotation
