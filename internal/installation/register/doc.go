// Package register is the register of personal data (个人信息登记册): for every kind of it that the program keeps, what
// it is for, on which basis, of which class, how it is stored, for how long, and who enters it from what. Who sees it
// is not written here but asked of the table of rights. docs/privacy.md and the page 个人信息保护说明 are made from it,
// so neither can promise what the other does not; a column of the roster without an entry fails a test.
package register
