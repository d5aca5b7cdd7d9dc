// Package words says things to people in their language. The Chinese sentence stands in the code and is the key of its
// English in en/*.json, so a template reads as the page does and Chinese needs no lookup. English has plural forms by the
// first whole number among the arguments. Regulations and official titles stay Chinese in both languages.
// A test walks over every call in the repository and fails on a sentence without English.
package words
