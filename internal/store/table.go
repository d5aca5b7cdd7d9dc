package store

// class says how a table may be written.
type class int

const (
	fact        class = iota // audited: only inside ledger.Do, every change leaves its images
	derived                  // computed from facts in the same transaction, checked against a recount
	operational              // sessions, locks, job states: no facts, written by Operate
	chain                    // the audit's own tables
)

// table is what the store must know of a table beyond its columns, which it reads from the database.
type table struct {
	class class
	path  string // column with the organisation path; "" for tables outside of the tree
	self  string // column with the member's id, for a member's own scope
	own   bool   // a single-organisation scope may read the row of that organisation
	skip  string // column that follows from others (a copied path) and is left out of the images
	hide  bool   // rows of a hidden batch are not there
	about bool   // about members: not for a scope without members
	mine  string // column with whom a row is for, where everybody has only her own: a scope made by Mine and no other
}

// tables are all tables by their logical name; the physical one is t_ + name.
var tables = map[string]table{
	"org":                {class: fact, path: "path", own: true, skip: "path next_child"},
	"org_word":           {class: derived, path: "org_path"},
	"org_event":          {class: fact, path: "org_path", skip: "org_path"},
	"org_past":           {class: fact, path: "org_path", own: true, skip: "org_path"},
	"org_successor":      {class: fact, path: "org_path", own: true, skip: "org_path"},
	"org_proposal":       {class: fact, path: "org_path", skip: "org_path"},
	"post":               {class: fact, path: "org_path", own: true, skip: "org_path"},
	"member":             {class: fact, path: "org_path", self: "id", skip: "org_path", hide: true, about: true},
	"member_event":       {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"fact":               {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"affirmed":           {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"due":                {class: operational, path: "org_path", self: "id", about: true},
	"look":               {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"proposal":           {class: fact, path: "org_path", self: "member_id", skip: "org_path", hide: true, about: true},
	"steward":            {class: fact, path: "org_path", own: true, skip: "org_path"},
	"dispute":            {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"cause":              {class: fact, path: "org_path", skip: "org_path"},
	"local_rule":         {class: fact, path: "org_path", own: true, skip: "org_path"},
	"account":            {class: fact, path: "org_path", skip: "org_path"},
	"document":           {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"document_fact":      {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"destruction":        {class: fact, path: "org_path", skip: "org_path", about: true},
	"destruction_record": {class: fact, path: "org_path", skip: "org_path", about: true},
	"request":            {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"restriction":        {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"grant":              {class: fact, path: "org_path", skip: "org_path"},
	"slip":               {class: fact},
	"token":              {class: fact},
	"factor":             {class: fact},
	"passkey":            {class: fact},
	"recovery":           {class: fact},
	"identity":           {class: fact},
	"holder":             {class: fact},
	"lending":            {class: fact, path: "org_path", skip: "org_path"},
	"grant_check":        {class: fact, path: "org_path", skip: "org_path"},
	"linked":             {class: fact},
	"setting":            {class: fact},
	"mapping":            {class: fact, path: "org_path", skip: "org_path", about: true},
	"batch":              {class: fact, path: "org_path", skip: "org_path", about: true},
	"headcount":          {class: derived, path: "org_path", hide: true, about: true},
	"tally":              {class: derived, path: "org_path", hide: true, about: true},
	"entry":              {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"applicant":          {class: fact, path: "org_path", skip: "org_path", about: true},
	"waiver":             {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"help":               {class: fact, path: "org_path", skip: "org_path", about: true},
	"reach":              {class: fact, mine: "to_id"},
	"notice":             {class: operational, mine: "to_id"},
	"outgoing":           {class: operational},
	"assessment":         {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"share":              {class: fact, path: "org_path", own: true, skip: "org_path"},
	"outlay":             {class: fact, path: "org_path", skip: "org_path"},
	"closing":            {class: fact, path: "org_path", skip: "org_path"},
	"payment":            {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"meeting":            {class: fact, path: "org_path", skip: "org_path", about: true},
	"attendance":         {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"agenda":             {class: fact, path: "org_path", skip: "org_path", about: true},
	"resolution":         {class: fact, path: "org_path", self: "owner_id", skip: "org_path", about: true},
	"amendment":          {class: fact, path: "org_path", skip: "org_path", about: true},
	"election":           {class: fact, path: "org_path", skip: "org_path", about: true},
	"left_out":           {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"ballot":             {class: fact, path: "org_path", skip: "org_path", about: true},
	"step":               {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"board":              {class: fact, path: "org_path", self: "member_id", skip: "org_path", about: true},
	"objection":          {class: fact, path: "org_path", skip: "org_path", about: true},
	"quota":              {class: fact, path: "org_path", own: true, skip: "org_path"},
	"ballot_count":       {class: fact, path: "org_path", skip: "org_path", about: true},
	"owed":               {class: derived, path: "org_path", about: true},
	"late":               {class: derived, path: "org_path", about: true},
	"stale":              {class: operational},
	"hidden":             {class: operational},
	"problem":            {class: operational},
	"warned":             {class: operational},
	"session":            {class: operational},
	"attempt":            {class: operational},
	"challenge":          {class: operational},
	"idempotency":        {class: operational},
	"job":                {class: operational},
	"arrival":            {class: operational},

	// the ledger's own; {act} reads those chained and those waiting
	"chained":    {class: chain, path: "org_path"},
	"event":      {class: chain},
	"waiting":    {class: chain, path: "org_path"},
	"leaf":       {class: chain},
	"hash":       {class: chain},
	"checkpoint": {class: chain},
	"schema":     {class: chain},
}

// reparented are the tables whose path column follows an organisation that moves.
var reparented = []string{"org", "org_word", "org_event", "org_past", "org_successor", "org_proposal", "post", "member", "member_event", "fact", "affirmed", "due", "look", "proposal", "document", "document_fact", "destruction", "destruction_record", "request", "restriction", "account", "grant", "lending", "grant_check", "mapping", "batch", "steward", "dispute", "cause", "local_rule", "headcount", "tally", "entry", "applicant", "waiver", "help", "owed", "late", "assessment", "payment", "share", "outlay", "closing", "ballot", "ballot_count", "election", "left_out", "step", "board", "objection", "quota", "meeting", "attendance", "agenda", "resolution", "amendment"}
