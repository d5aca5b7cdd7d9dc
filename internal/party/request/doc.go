// Package request keeps what members ask for about their own data: a copy, an explanation, a restriction of its use.
// Each has a day by which it is to be answered, an answer with reason, and stays. A restriction that was granted keeps
// the record and takes it out of ordinary use until a day.
package request
