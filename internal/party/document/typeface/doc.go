// Package typeface holds the one typeface of what the program writes itself: watermarks, and papers to be handed over.
package typeface
