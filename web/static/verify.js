// The gate's side of a pass: opens what was scanned without asking the server, by its
// public keys and its clock. docs/pass.md has the layout; models/pass.Verifier.Open does
// the same in Go, in the same order. Needs sha256.js before it, and WebCrypto, which
// browsers have on https alone. Browser: HealthPass.open. CommonJS: the function itself.
(function (root, make) {
  'use strict';
  if (typeof module === 'object' && module.exports) module.exports = make(require('../pass/sha256.js'));
  else (root.HealthPass = root.HealthPass || {}).open = make(root.HealthPass.sha256);
})(typeof self !== 'undefined' ? self : this, function (sha256) {
  'use strict';

  const SLOT = 5000; // milliseconds, part of version 1
  const EARLY = SLOT; // how far ahead of its time a pass may be
  const LATE = 2 * SLOT; // how long after its slot it is still taken
  const SIZE = 117; // bytes of a pass
  const LINK = 16; // bytes of a link of the chain
  const LABEL = 'healthcode/pass/1';
  const COLOURS = ['', 'green', 'grey', 'yellow', 'red'];
  // Half the order of P-256. The other s, valid for most libraries, is a second spelling.
  const HALF = '7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8';
  // What Go's strings.TrimSpace takes away: not quite what trim does.
  const SPACE = '[\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
  const AROUND = new RegExp('^' + SPACE + '|' + SPACE + '$', 'g');

  const hex = (bytes) => Array.from(bytes, (byte) => (256 + byte).toString(16).slice(1)).join('');
  const ascii = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const equal = (a, b) => hex(a) === hex(b);

  function joined(a, b) {
    const out = new Uint8Array(a.length + b.length);
    out.set(a);
    out.set(b, a.length);
    return out;
  }

  // parse reads the bytes of what a scanner read, or names the reason why it cannot.
  function parse(scanned) {
    const trimmed = scanned.replace(AROUND, '');
    const text = trimmed.slice(trimmed.lastIndexOf('#') + 1);
    const own = /^[0-9]*/.exec(text)[0].length;
    if (own < 32) return { reason: 'pass.foreign' };
    if (own !== text.length || own !== 288) return { reason: 'pass.malformed' };
    const pass = new Uint8Array(SIZE);
    let bits = 0;
    let held = 0;
    let at = 0;
    for (let i = 0; i < text.length; i += 4) {
      const group = +text.slice(i, i + 4);
      if (group > 8191) return { reason: 'pass.malformed' };
      bits = ((bits << 13) | group) & 0xfffff;
      held += 13;
      while (held >= 8) {
        held -= 8;
        pass[at++] = (bits >> held) & 255;
      }
    }
    return { pass };
  }

  async function signed(pass, key) {
    if (hex(pass.subarray(67, 99)) > HALF) return false;
    const bytes = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
    const by = await crypto.subtle.importKey('raw', bytes, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
    return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, by, pass.subarray(35, 99),
      joined(ascii(LABEL + '/grant'), pass.subarray(0, 35)));
  }

  // linked reports whether the value of the slot leads to the tip that was signed.
  function linked(pass, slot, slots) {
    if (slot >= slots) return false;
    const block = joined(joined(ascii(LABEL), pass.subarray(5, 13)), pass.subarray(101));
    for (let i = 0; i <= slot; i++) block.set(sha256(block).subarray(0, LINK), block.length - LINK);
    return equal(block.subarray(-LINK), pass.subarray(19, 35));
  }

  // open opens a pass that is being shown now.
  //   scanned  what the scanner read
  //   keys     those that are trusted, each {id, key}: the point in base64, uncompressed
  //   now      milliseconds of the server's clock
  // It answers {colour, issuer, handle, granted, shownAt, until}, times in milliseconds,
  // or {reason}. It throws when there is no WebCrypto, or a key is none.
  return async function open(scanned, keys, now) {
    const { pass, reason } = parse(scanned);
    if (reason) return { reason };
    const key = pass[0] >> 4 === 1 && keys.find((one) => one.id === pass[1]);
    if (!key) return { reason: 'pass.foreign' };
    if (!(await signed(pass, key.key))) return { reason: 'pass.altered' };
    const view = new DataView(pass.buffer);
    const place = view.getUint32(1) & 0xffffff;
    const life = view.getUint16(17) * 1000;
    const slot = view.getUint16(99);
    const colour = COLOURS[pass[0] & 15];
    if (!colour || place > 999999 || life < 1000 || life > 14400000) return { reason: 'pass.malformed' };
    if (!linked(pass, slot, Math.ceil(life / SLOT))) return { reason: 'pass.altered' };
    const granted = view.getUint32(13) * 1000;
    const shownAt = granted + slot * SLOT;
    if (now >= granted + life) return { reason: 'pass.expired' };
    if (now - shownAt < -EARLY) return { reason: 'pass.early' };
    if (now - shownAt >= SLOT + LATE) return { reason: 'pass.stale' };
    return { colour, issuer: String(1000000 + place).slice(1), handle: hex(pass.subarray(5, 13)), granted, shownAt, until: granted + life };
  };
});
