// Command bench measures the figures that the program promises and prints each beside what the bare driver needs for
// the same rows in the same run. `make bench` runs it. Figures are not a test: a machine that is busy or slow prints
// MISS, and the exit code stays 0 unless something is broken. Ratios are of runs that took turns, so that they say
// something on a shared machine too; CPU time stands beside wall time where the two differ.
package main
