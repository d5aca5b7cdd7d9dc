// Package org is the tree of Party organisations (党组织): committees, general branches, branches and Party groups, with
// the posts in them. An organisation is set up, renamed, moved and abolished by dated acts with a reason, which stay in
// its history. A path of fixed-width segments says where it stands; every row that belongs to an organisation copies
// it, and a number once given to a child is never given again, so a path never comes to mean another organisation.
// Who may act is decided by the Rights a Service is given; what can be seen, by the scope of the Reader.
package org
