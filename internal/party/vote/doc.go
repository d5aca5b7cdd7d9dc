// Package vote judges votes (表决) and elections (选举) of a branch: whether enough were there, whether enough said yes,
// who is elected and who has to be voted on again. The three majorities differ: admission asks for more than half of those
// who should attend to be there and to agree, other resolutions for at least half to be there, elections for four
// fifths to be there and for more than half of those who came. Shares come from the rulebook; it is pure.
package vote
