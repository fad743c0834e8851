// The phone's side of a pass: from a grant and its seed to the code of each slot,
// without asking the server. docs/pass.md has the layout; models/pass does the same
// in Go. Needs sha256.js and qr.js before it. Browser: HealthPass.make and
// HealthPass.start. CommonJS: the same two.
(function (root, make) {
  'use strict';
  if (typeof module === 'object' && module.exports) {
    module.exports = make(require('./sha256.js'), require('./qr.js'));
  } else {
    Object.assign(root.HealthPass, make(root.HealthPass.sha256, root.HealthPass.qr));
  }
})(typeof self !== 'undefined' ? self : this, function (sha256, qr) {
  'use strict';

  const SLOT = 5; // seconds, part of version 1
  const GRANT = 99; // bytes of a grant
  const LINK = 16; // bytes of a link of the chain
  const LABEL = 'healthcode/pass/1';
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  // bytes decodes base64url. Our own, because mini-programs have no atob.
  function bytes(text, length) {
    const out = [];
    let bits = 0;
    let held = 0;
    for (let i = 0; i < text.length; i++) {
      const value = ALPHABET.indexOf(text[i]);
      if (value < 0) throw new Error('pass: not base64url');
      bits = ((bits << 6) | value) & 0xffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        out.push((bits >> held) & 255);
      }
    }
    if (out.length !== length) throw new Error('pass: ' + out.length + ' bytes instead of ' + length);
    return Uint8Array.from(out);
  }

  // chain computes every link once, 46 kB for four hours, so that a slot costs
  // nothing. The tip proves that grant and seed belong together.
  function chain(grant, seed, slots) {
    const links = new Uint8Array((slots + 1) * LINK);
    const block = new Uint8Array(LABEL.length + 8 + LINK);
    for (let i = 0; i < LABEL.length; i++) block[i] = LABEL.charCodeAt(i);
    block.set(grant.subarray(5, 13), LABEL.length);
    links.set(seed);
    for (let at = 0; at < slots * LINK; at += LINK) {
      block.set(links.subarray(at, at + LINK), LABEL.length + 8);
      links.set(sha256(block).subarray(0, LINK), at + LINK);
    }
    for (let i = 0; i < LINK; i++) {
      if (links[slots * LINK + i] !== grant[19 + i]) throw new Error('pass: the seed is not of this grant');
    }
    return links;
  }

  // digits writes each 13 bits as four decimal digits.
  function digits(pass) {
    let out = '';
    let bits = 0;
    let held = 0;
    pass.forEach((byte) => {
      bits = ((bits << 8) | byte) & 0xfffff;
      held += 8;
      if (held < 13) return;
      held -= 13;
      out += String(10000 + ((bits >> held) & 0x1fff)).slice(1);
    });
    return out;
  }

  // make reads a grant and its seed, both base64url, and throws when they are not
  // of version 1 or not of each other. Times are milliseconds of the server's clock.
  //   starts, expires   when the grant does
  //   slots             how many there are
  //   slotAt(millis)    the slot that falls into, the first before the start, -1 once expired
  //   digits(slot)      the 288 digits that stand behind the prefix in that slot
  function make(grantText, seedText) {
    const grant = bytes(grantText, GRANT);
    const view = new DataView(grant.buffer);
    const life = view.getUint16(17);
    if (grant[0] >> 4 !== 1 || life < 1 || life > 14400) throw new Error('pass: not a grant of version 1');
    const starts = view.getUint32(13) * 1000;
    const expires = starts + life * 1000;
    const slots = Math.ceil(life / SLOT);
    const links = chain(grant, bytes(seedText, LINK), slots);
    return {
      starts,
      expires,
      slots,
      slotAt: (millis) => (millis >= expires ? -1 : Math.max(0, Math.floor((millis - starts) / 1000 / SLOT))),
      digits(slot) {
        const pass = new Uint8Array(GRANT + 2 + LINK);
        const at = (slots - 1 - slot) * LINK;
        pass.set(grant);
        pass.set([slot >> 8, slot & 255], GRANT);
        pass.set(links.subarray(at, at + LINK), GRANT + 2);
        return digits(pass);
      },
    };
  }

  // start shows the code of each slot until the grant expires or stop is called.
  //   canvas        where to draw; without it nothing is drawn and onSlot does it
  //   grant, seed   base64url, as the server gave them
  //   slotSeconds   optional: the server's, refused when it is not version 1's
  //   prefix        what stands before the digits, at most 30 bytes, ends in "#"
  //   offsetMillis  server's clock minus this phone's Date.now(), measured when the
  //                 grant came; 0 when left out
  //   onSlot        called with {slot, text, starts, ends, expires} after each drawing,
  //                 times in milliseconds of the server's clock
  //   onExpired     called once; the canvas is blank by then
  // It throws at once when grant, seed or prefix cannot be shown.
  function start(options) {
    const { canvas, onSlot, onExpired, prefix } = options;
    const offset = options.offsetMillis || 0;
    if (options.slotSeconds && options.slotSeconds !== SLOT) throw new Error('pass: slots of another version');
    const pass = make(options.grant, options.seed);
    const page = typeof document === 'object' ? document : null;
    let shown = -1;
    let timer = 0;

    function stop() {
      clearTimeout(timer);
      shown = Infinity;
      if (page) page.removeEventListener('visibilitychange', show);
    }

    function show() {
      if (shown === Infinity) return;
      clearTimeout(timer);
      const now = Date.now() + offset;
      const slot = pass.slotAt(now);
      if (slot < 0) {
        stop();
        if (canvas) qr.draw(canvas);
        if (onExpired) onExpired();
        return;
      }
      const starts = pass.starts + slot * SLOT * 1000;
      const ends = Math.min(starts + SLOT * 1000, pass.expires);
      // A clock that is days slow would ask for a wait that setTimeout cannot count.
      timer = setTimeout(show, Math.min(ends - now, SLOT * 1000));
      if (slot === shown) return;
      shown = slot;
      const digits = pass.digits(slot);
      if (canvas) qr.draw(canvas, qr.encode(prefix, digits));
      if (onSlot) onSlot({ slot, text: prefix + digits, starts, ends, expires: pass.expires });
    }

    if (page) page.addEventListener('visibilitychange', show); // timers sleep with the screen
    try {
      show();
    } catch (error) {
      stop();
      throw error;
    }
    return { stop };
  }

  return { make, start };
});
