// The QR code of a pass (ISO/IEC 18004) and nothing more general: a byte segment
// (the URL) and a numeric one (288 digits), which is version 8 at level M whatever
// the URL, so that the picture never changes its size. Browser: HealthPass.qr.
(function (root, make) {
  'use strict';
  if (typeof module === 'object' && module.exports) module.exports = make();
  else (root.HealthPass = root.HealthPass || {}).qr = make();
})(typeof self !== 'undefined' ? self : this, function () {
  'use strict';

  const SIZE = 49; // modules a side
  const QUIET = 4; // modules of white that scanners need on every side
  const BLOCKS = [38, 38, 39, 39]; // data codewords of each block
  const DATA = 154;
  const CHECK = 22; // error correction codewords of each block
  const FREE = 2; // a module that belongs to the data

  // Powers and logarithms in GF(256) over x^8+x^4+x^3+x^2+1.
  const exp = new Uint8Array(512);
  const log = new Uint8Array(256);
  for (let i = 0, x = 1; i < 255; i++) {
    exp[i] = exp[i + 255] = x;
    log[x] = i;
    x = (x << 1) ^ (x & 128 ? 0x11d : 0);
  }
  const times = (a, b) => (a && b ? exp[log[a] + log[b]] : 0);

  // The generator polynomial of CHECK codewords, without its leading 1.
  const generator = new Uint8Array(CHECK);
  generator[CHECK - 1] = 1;
  for (let i = 0; i < CHECK; i++) {
    for (let j = 0; j < CHECK; j++) {
      generator[j] = times(generator[j], exp[i]) ^ (j + 1 < CHECK ? generator[j + 1] : 0);
    }
  }

  function remainder(block) {
    const rest = new Uint8Array(CHECK);
    for (const byte of block) {
      const factor = byte ^ rest[0];
      rest.copyWithin(0, 1);
      rest[CHECK - 1] = 0;
      for (let j = 0; j < CHECK; j++) rest[j] ^= times(generator[j], factor);
    }
    return rest;
  }

  // data is the 154 data codewords of the two segments.
  function data(prefix, digits) {
    const bits = [];
    const put = (value, length) => {
      while (length--) bits.push((value >> length) & 1);
    };
    if (/[^ -~]/.test(prefix) || /\D/.test(digits) || digits.length % 3) throw new Error('pass: not a pass');
    put(4, 4);
    put(prefix.length, 8);
    for (let i = 0; i < prefix.length; i++) put(prefix.charCodeAt(i), 8);
    put(1, 4);
    put(digits.length, 10);
    for (let i = 0; i < digits.length; i += 3) put(+digits.slice(i, i + 3), 10);
    if (bits.length > DATA * 8) throw new Error('pass: the URL is too long for the QR code');
    put(0, Math.min(4, DATA * 8 - bits.length));
    put(0, -bits.length & 7);
    for (let pad = 0xec; bits.length < DATA * 8; pad ^= 0xec ^ 0x11) put(pad, 8);
    const words = new Uint8Array(DATA);
    bits.forEach((bit, i) => { words[i >> 3] |= bit << (7 - (i & 7)); });
    return words;
  }

  // codewords interleaves the blocks and what corrects them.
  function codewords(words) {
    const out = [];
    let at = 0;
    const blocks = BLOCKS.map((length) => words.subarray(at, at += length));
    for (let i = 0; i < 39; i++) blocks.forEach((block) => { if (i < block.length) out.push(block[i]); });
    const checks = blocks.map(remainder);
    for (let i = 0; i < CHECK; i++) checks.forEach((check) => out.push(check[i]));
    return out;
  }

  // FRAME is everything that is the same in each code; format bits are light in it.
  const FRAME = new Uint8Array(SIZE * SIZE).fill(FREE);
  const set = (grid, row, column, dark) => { grid[row * SIZE + column] = dark ? 1 : 0; };
  (function () {
    for (let i = 0; i < SIZE; i++) {
      set(FRAME, 6, i, i % 2 === 0);
      set(FRAME, i, 6, i % 2 === 0);
    }
    const square = (row, column, reach, light) => {
      for (let y = -reach; y <= reach; y++) {
        for (let x = -reach; x <= reach; x++) {
          const inside = row + y >= 0 && row + y < SIZE && column + x >= 0 && column + x < SIZE;
          if (inside) set(FRAME, row + y, column + x, light.indexOf(Math.max(Math.abs(x), Math.abs(y))) < 0);
        }
      }
    };
    [[3, 3], [3, SIZE - 4], [SIZE - 4, 3]].forEach(([row, column]) => square(row, column, 4, [2, 4]));
    [[6, 24], [24, 6], [24, 24], [24, 42], [42, 24], [42, 42]].forEach(([row, column]) => square(row, column, 2, [1]));
    for (let i = 0; i < 18; i++) { // version 8 with its check bits
      const near = Math.floor(i / 3);
      const far = SIZE - 11 + (i % 3);
      set(FRAME, near, far, (0x085bc >> i) & 1);
      set(FRAME, far, near, (0x085bc >> i) & 1);
    }
    format(FRAME, 0, 0);
  })();

  // format writes the level, the mask and their check bits, twice, or zeros.
  function format(grid, mask, on) {
    let check = mask << 10; // level M is 00
    for (let i = 14; i >= 10; i--) if ((check >> i) & 1) check ^= 0x537 << (i - 10);
    const bits = on ? ((mask << 10) | check) ^ 0x5412 : 0;
    for (let i = 0; i < 15; i++) {
      const dark = (bits >> i) & 1;
      set(grid, i < 6 ? i : i < 8 ? i + 1 : 8, i < 8 ? 8 : i === 8 ? 7 : 14 - i, dark);
      set(grid, i < 8 ? 8 : SIZE - 15 + i, i < 8 ? SIZE - 1 - i : 8, dark);
    }
    set(grid, SIZE - 8, 8, on);
  }

  // PATH is the order in which data fills the free modules: up and down in pairs
  // of columns, from the right, with the column of the timing pattern left out.
  const PATH = [];
  for (let right = SIZE - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let i = 0; i < SIZE; i++) {
      const row = up ? SIZE - 1 - i : i;
      for (let j = 0; j < 2; j++) {
        if (FRAME[row * SIZE + right - j] === FREE) PATH.push(row * SIZE + right - j);
      }
    }
  }

  const MASKS = [
    (r, c) => (r + c) % 2,
    (r) => r % 2,
    (r, c) => c % 3,
    (r, c) => (r + c) % 3,
    (r, c) => ((r >> 1) + Math.floor(c / 3)) % 2,
    (r, c) => ((r * c) % 2) + ((r * c) % 3),
    (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2,
    (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2,
  ];

  function fill(words, mask) {
    const grid = FRAME.slice();
    PATH.forEach((at, i) => {
      const bit = (words[i >> 3] >> (7 - (i & 7))) & 1;
      grid[at] = bit ^ (MASKS[mask](Math.floor(at / SIZE), at % SIZE) === 0 ? 1 : 0);
    });
    format(grid, mask, 1);
    return grid;
  }

  // line is the penalty of one row or column: runs of five and more, and what
  // looks like a finder pattern with white at one side.
  function line(grid, start, step) {
    let sum = 0;
    let run = 0;
    let last = 0;
    for (let i = 0; i < SIZE; i++) {
      const dark = grid[start + i * step];
      run = i && dark === (last & 1) ? run + 1 : 1;
      if (run === 5) sum += 3;
      else if (run > 5) sum++;
      last = ((last << 1) | dark) & 0x7ff;
      if (i >= 10 && (last === 0x5d0 || last === 0x05d)) sum += 40;
    }
    return sum;
  }

  // penalty is how hard a code is to scan (clause "evaluation of data masking results").
  function penalty(grid) {
    let sum = 0;
    let dark = 0;
    for (let i = 0; i < SIZE; i++) sum += line(grid, i * SIZE, 1) + line(grid, i, SIZE);
    for (let at = 0; at < grid.length; at++) {
      dark += grid[at];
      if (at % SIZE === SIZE - 1 || at + SIZE >= grid.length) continue;
      const four = grid[at] + grid[at + 1] + grid[at + SIZE] + grid[at + SIZE + 1];
      if (four % 4 === 0) sum += 3;
    }
    return sum + 10 * Math.floor(Math.abs(dark / grid.length - 0.5) * 20);
  }

  // encode returns SIZE*SIZE modules row by row, 1 for dark. The mask with the least
  // penalty is taken, unless one is given.
  function encode(prefix, digits, mask) {
    const words = codewords(data(prefix, digits));
    if (mask !== undefined) return fill(words, mask);
    let best;
    let least = Infinity;
    for (let i = 0; i < 8; i++) {
      const grid = fill(words, i);
      const found = penalty(grid);
      if (found < least) {
        least = found;
        best = grid;
      }
    }
    return best;
  }

  // draw fills the canvas: black on white whatever the page's colours, every module
  // the same whole number of device pixels, what is left over added to the quiet zone.
  // The canvas keeps its size on the page; without one there, its own width counts.
  // Without modules it is only wiped.
  function draw(canvas, modules) {
    const shown = canvas.clientWidth;
    const ratio = typeof devicePixelRatio === 'number' ? devicePixelRatio : 1;
    const side = Math.max(SIZE + 2 * QUIET, shown ? Math.round(shown * ratio) : canvas.width);
    if (canvas.width !== side) canvas.width = side;
    if (canvas.height !== side) canvas.height = side;
    // A canvas that no style sheet sizes would grow with its pixels, at every slot.
    if (shown && canvas.clientWidth !== shown) canvas.style.width = canvas.style.height = shown + 'px';
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, side, side);
    if (!modules) return;
    context.fillStyle = '#000';
    const scale = Math.floor(side / (SIZE + 2 * QUIET));
    const edge = Math.floor((side - SIZE * scale) / 2);
    for (let row = 0; row < SIZE; row++) {
      for (let from = 0, to; from < SIZE; from = to + 1) {
        for (to = from; to < SIZE && modules[row * SIZE + to]; to++);
        if (to > from) context.fillRect(edge + from * scale, edge + row * scale, (to - from) * scale, scale);
      }
    }
  }

  return { SIZE, encode, draw };
});
