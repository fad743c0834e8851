'use strict';
const test = require('node:test');
const assert = require('node:assert');
const qr = require('../qr.js');
const { Canvas } = require('./page.js');

const PREFIX = 'https://hc.example.cn/p#';
const DIGITS = '0123456789'.repeat(29).slice(0, 288);

// modulesOf reads the modules back from the pixels, and fails unless all are whole.
function modulesOf(canvas) {
  const { width: side, pixels } = canvas;
  const scale = Math.floor(side / (qr.SIZE + 8));
  const edge = Math.floor((side - qr.SIZE * scale) / 2);
  const modules = new Uint8Array(qr.SIZE * qr.SIZE);
  assert.ok(edge >= 4 * scale, 'a quiet zone of four modules');
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const row = Math.floor((y - edge) / scale);
      const column = Math.floor((x - edge) / scale);
      const inside = row >= 0 && row < qr.SIZE && column >= 0 && column < qr.SIZE;
      const dark = pixels[y * side + x] === 0;
      assert.ok(dark || pixels[y * side + x] === 255, 'black or white');
      if (!inside) assert.ok(!dark, 'the quiet zone is white');
      else if ((y - edge) % scale === 0 && (x - edge) % scale === 0) modules[row * qr.SIZE + column] = dark ? 1 : 0;
      else assert.equal(dark ? 1 : 0, modules[row * qr.SIZE + column], 'a module of one shade');
    }
  }
  return modules;
}

for (const [name, ratio, canvas, side] of [
  ['a style sheet sizes it', 1, { shown: 300 }, 300],
  ['three device pixels a CSS pixel', 3, { shown: 300 }, 900],
  ['a crooked ratio', 2.625, { shown: 341 }, 895],
  ['nothing sizes it', 2, { width: 300 }, 600],
  ['too small for a code', 1, { width: 10 }, 57],
]) {
  test('drawing: ' + name, (t) => {
    globalThis.devicePixelRatio = ratio;
    t.after(() => { delete globalThis.devicePixelRatio; });
    const drawn = new Canvas(canvas);
    const modules = qr.encode(PREFIX, DIGITS);
    for (let slot = 0; slot < 3; slot++) {
      qr.draw(drawn, modules);
      assert.equal(drawn.width, side);
      assert.equal(drawn.height, side);
      assert.deepEqual(modulesOf(drawn), modules);
    }
    qr.draw(drawn);
    assert.ok(drawn.pixels.every((shade) => shade === 255), 'wiped');
  });
}

test('the mask with the least penalty is one of the eight', () => {
  const all = Array.from({ length: 8 }, (_, mask) => qr.encode(PREFIX, DIGITS, mask).join(''));
  assert.equal(new Set(all).size, 8);
  assert.ok(all.includes(qr.encode(PREFIX, DIGITS).join('')));
});

test('what does not fit or is no pass is refused', () => {
  assert.doesNotThrow(() => qr.encode('x'.repeat(30), DIGITS));
  assert.throws(() => qr.encode('x'.repeat(31), DIGITS), /too long/);
  assert.throws(() => qr.encode('https://例子/#', DIGITS), /not a pass/);
  assert.throws(() => qr.encode(PREFIX, '12a'), /not a pass/);
  assert.throws(() => qr.encode(PREFIX, '1234'), /not a pass/);
});
