// Package moveit is a client of the part of MOVEit Transfer's REST API that
// fetching feedback from SSB's Filsluse needs. It is careful in what the
// server's defaults punish: one password attempt in a client's life, no
// refusal retried, a rejected credential remembered and not sent again.
//
// The API is a separately licensed option of the product, and whether SSB
// offers it is not known: [Client.Check] finds out with one request.
package moveit
