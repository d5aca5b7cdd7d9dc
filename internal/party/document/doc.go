// Package document is the room of the documents (档案材料): photographs and scans that prove the facts of a record.
// What comes in is judged by its content and made anew: of a photograph the pixels are kept, of a PDF what its pages
// look like, so that neither places, scripts nor attachments survive. Each page is an image, sealed with the member's
// own key in blob storage; a destroyed person's pages stay unreadable in every copy. A page is written before the row
// that needs it, and what has no row is swept. Each opening is an act with a purpose, and the member sees it.
package document
