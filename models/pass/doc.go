// Package pass owns the code that people show: its bytes, its signature and its
// seconds. It is pure: no clock, no network, no randomness of its own.
//
// A server signs a grant, the permission to show one colour for some hours. A
// phone turns the grant into a new pass every five seconds without asking
// anybody, and a gate opens a pass without asking anybody. What is shown in one
// slot tells nothing about the next, so a photograph of a pass is soon worthless.
//
// # Layout of version 1
//
// Numbers are big endian. The layout is final: gates that are offline keep passes
// and open them with code that may be older than the server.
//
//	offset size
//	     0    1  high nibble: version (1); low nibble: models.Colour (1 to 4)
//	     1    1  key id: which signing key
//	     2    3  jurisdiction: the six digits of GB/T 2260 as one number
//	     5    8  handle: random, fresh for every grant, meaningless outside the server
//	    13    4  not before: Unix seconds, good until 2106
//	    17    2  lifetime: seconds, 1 to 14400
//	    19   16  tip: the end of the chain
//	    35   64  signature over the 35 bytes above
//	    99    2  slot: 0 in the first five seconds of the grant
//	   101   16  value: the link of the chain that belongs to the slot
//	   117
//
// The first 35 bytes are the head, head and signature are the [Grant], the last 18
// are the tail, and all of them are the [Pass].
//
// # Signature
//
// ECDSA on P-256 over SHA-256("healthcode/pass/1/grant" || head), as r || s, 32
// bytes each (the form of IEEE P1363, which WebCrypto takes). s is at most half
// the order of the curve: the other, equally valid s would be a second spelling
// of the same grant, and is refused.
//
// # Chain
//
// N, the number of slots, is the lifetime divided by five seconds, rounded up.
//
//	v[0]   = seed = HMAC-SHA256(chain key, "healthcode/pass/1/seed" || head[0:19])[0:16]
//	v[i+1] = SHA-256("healthcode/pass/1" || handle || v[i])[0:16]
//	tip    = v[N]
//
// Slot k shows v[N-1-k], and whoever opens it hashes k+1 times to arrive at the
// tip. Later slots show earlier links, which nobody can compute without the seed.
// The seed can be derived again, so it is stored nowhere. What is hashed under
// each label has one length, and no two labels share it: 41 bytes for a link and
// 58 for a signature; the seed is keyed besides.
//
// # Text
//
// The 936 bits are read as 72 groups of 13, and each group is written as four
// decimal digits, 0000 to 8191; a larger group is malformed, so that a pass has one
// spelling only. The 288 digits stand behind a short URL that ends in "#". In a QR
// code the URL is a byte segment and the digits are a numeric one: version 8 at
// level M, for any URL of at most 30 bytes. A browser never sends what stands
// behind "#", so a pass that is opened by an ordinary camera reaches no server log.
//
// docs/pass.md tells the same to implementers in other languages, with the limits
// of what a pass proves; testdata/vectors.json has the bytes.
package pass
