// Package casebook reads casebooks and runs them: facts and dates, and what the rules say about them. Departments use
// them to check that the platform applies the rules they mean. A file is a YAML 1.2 list of cases; whatever it holds
// that nobody asked for is an error with file, line and key, so that a slip is not taken for agreement.
package casebook
