// Package parcel is what pages and programs have in common where files go in and out of a request: files are read as
// they come, and headers are set when the first byte is there. It knows no domain and words no errors.
package parcel
