'use strict';
const test = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const HealthPass = require('../pass.js');
const qr = require('../qr.js');
const { Canvas, clock } = require('./page.js');

const vectors = JSON.parse(fs.readFileSync(path.join(__dirname, '../../../models/pass/testdata/vectors.json')));
const first = vectors.grants[0];
const begins = first.not_before * 1000;
const ends = begins + first.lifetime_seconds * 1000;
const options = { grant: first.grant, seed: first.seed, prefix: vectors.prefix };

for (const grant of vectors.grants) {
  test('vector: ' + grant.name, () => {
    const pass = HealthPass.make(grant.grant, grant.seed);
    assert.equal(pass.starts, grant.not_before * 1000);
    assert.equal(pass.expires, (grant.not_before + grant.lifetime_seconds) * 1000);
    for (const shown of grant.shown) {
      const slot = pass.slotAt(shown.at * 1000);
      assert.equal(slot, shown.slot);
      assert.equal(vectors.prefix + pass.digits(slot), shown.text);
    }
    assert.equal(pass.slotAt(pass.starts - 1), 0);
    assert.equal(pass.slotAt(pass.expires - 1), pass.slots - 1);
    assert.equal(pass.slotAt(pass.expires), -1);
  });

  test('signature by the verifier of another library: ' + grant.name, () => {
    const key = vectors.keys.find((k) => k.id === grant.key_id);
    const part = (from, to) => Buffer.from(key.public.slice(from, to), 'hex').toString('base64url');
    const jwk = { kty: 'EC', crv: 'P-256', x: part(2, 66), y: part(66, 130) };
    const bytes = Buffer.from(grant.grant, 'base64url');
    const signed = Buffer.concat([Buffer.from('healthcode/pass/1/grant'), bytes.subarray(0, 35)]);
    const by = { key: crypto.createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
    assert.ok(crypto.verify('sha256', signed, by, bytes.subarray(35)));
    signed[30] ^= 1;
    assert.ok(!crypto.verify('sha256', signed, by, bytes.subarray(35)));
  });
}

test('what is no grant, no seed or not of each other is refused', () => {
  const flip = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  assert.throws(() => HealthPass.make(first.grant, flip(first.seed, 3)), /not of this grant/);
  assert.throws(() => HealthPass.make(flip(first.grant, 30), first.seed), /not of this grant/);
  assert.throws(() => HealthPass.make(flip(first.grant, 0), first.seed), /version 1/);
  assert.throws(() => HealthPass.make(first.grant.slice(1), first.seed), /bytes instead of 99/);
  assert.throws(() => HealthPass.make(first.grant, first.seed + 'AA'), /bytes instead of 16/);
  assert.throws(() => HealthPass.make(first.grant, first.seed.replace(/^./, '+')), /base64url/);
  assert.throws(() => HealthPass.start({ ...options, slotSeconds: 10 }), /another version/);
});

test('each slot is drawn once, until expiry', (t) => {
  const time = clock(begins - 60000); // this phone is a minute slow
  t.after(time.restore);
  const canvas = new Canvas();
  const slots = [];
  let expired = 0;
  HealthPass.start({
    ...options, canvas, slotSeconds: 5, offsetMillis: 60000,
    onSlot: (slot) => slots.push(slot), onExpired: () => expired++,
  });
  assert.equal(slots.length, 1, 'drawn before start returns');
  assert.deepEqual(slots[0], {
    slot: 0, text: first.shown[0].text, starts: begins, ends: begins + 5000, expires: ends,
  });
  assert.equal(canvas.drawings, 1);
  time.to(begins - 60000 + 4999);
  assert.equal(slots.length, 1);
  time.to(begins - 60000 + 5000);
  assert.equal(slots.length, 2);
  time.to(ends - 60000 - 1);
  assert.equal(slots.length, Math.ceil(first.lifetime_seconds / 5));
  assert.equal(canvas.drawings, slots.length);
  assert.equal(slots[slots.length - 1].ends, ends);
  assert.equal(expired, 0);
  time.to(ends - 60000 + 60000);
  assert.equal(expired, 1);
  assert.ok(canvas.pixels.every((shade) => shade === 255), 'no code is left to be seen');
  assert.equal(time.waiting.size, 0);
});

test('the canvas holds the code of the slot', (t) => {
  const time = clock(begins);
  t.after(time.restore);
  const canvas = new Canvas();
  const expected = new Canvas();
  HealthPass.start({ ...options, canvas }).stop();
  qr.draw(expected, qr.encode(vectors.prefix, first.shown[0].text.slice(vectors.prefix.length)));
  assert.deepEqual(canvas.pixels, expected.pixels);
});

test('stop is final', (t) => {
  const time = clock(begins);
  t.after(time.restore);
  let slots = 0;
  let expired = 0;
  const running = HealthPass.start({ ...options, onSlot: () => slots++, onExpired: () => expired++ });
  running.stop();
  running.stop();
  time.to(ends + 1000);
  assert.deepEqual([slots, expired, time.waiting.size], [1, 0, 0]);
});

test('an expired grant is told at once', (t) => {
  const time = clock(ends);
  t.after(time.restore);
  let expired = 0;
  HealthPass.start({ ...options, onSlot: () => assert.fail('shown'), onExpired: () => expired++ });
  assert.deepEqual([expired, time.waiting.size], [1, 0]);
});

test('a clock that is years slow does not spin', (t) => {
  const time = clock(0);
  t.after(time.restore);
  let slots = 0;
  const running = HealthPass.start({ ...options, onSlot: () => slots++ });
  assert.ok([...time.waiting.values()].every((timer) => timer.wait === 5000));
  running.stop();
  assert.equal(slots, 1);
});

test('waking up redraws without waiting for the timer', (t) => {
  const time = clock(begins);
  const listeners = new Set();
  globalThis.document = {
    addEventListener: (name, call) => listeners.add(call),
    removeEventListener: (name, call) => listeners.delete(call),
  };
  t.after(() => {
    time.restore();
    delete globalThis.document;
  });
  const slots = [];
  const running = HealthPass.start({ ...options, onSlot: ({ slot }) => slots.push(slot) });
  time.jump(begins + 12000);
  listeners.forEach((call) => call());
  listeners.forEach((call) => call());
  assert.deepEqual(slots, [0, 2]);
  assert.equal(time.waiting.size, 1);
  running.stop();
  assert.equal(listeners.size, 0);
});

test('a prefix that does not fit leaves nothing running', (t) => {
  const time = clock(begins);
  t.after(time.restore);
  const prefix = 'https://' + 'x'.repeat(30) + '/#';
  assert.throws(() => HealthPass.start({ ...options, prefix, canvas: new Canvas() }), /too long/);
  assert.equal(time.waiting.size, 0);
});

test('the files work as plain scripts, alone and joined', () => {
  const sources = ['sha256.js', 'qr.js', 'pass.js'].map((name) => fs.readFileSync(path.join(__dirname, '..', name), 'utf8'));
  for (const scripts of [sources, [sources.join('')]]) {
    const page = vm.createContext({});
    scripts.forEach((source) => vm.runInContext(source, page));
    assert.deepEqual(Object.keys(page), ['HealthPass'], 'one global name');
    page.grant = first;
    const digits = vm.runInContext('HealthPass.make(grant.grant, grant.seed).digits(0)', page);
    assert.equal(vectors.prefix + digits, first.shown[0].text);
  }
});
