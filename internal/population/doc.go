// Package population makes a fictional city: its tree of Party organisations, their members and their posts, for the
// demo, for tests and for benchmarks. It is pure: the same Plan gives the same city, on any machine, for ever.
// Sex, age, education, occupation, time of joining and ethnicity follow the figures published for the end of 2024.
// Nobody in it exists: identity numbers begin with 66, which no division has, mobile numbers with 154, which no
// carrier has, and every place and unit is invented.
package population
