// Run by TestScanner, which draws the pictures and says in PICTURES where they are.
'use strict';
const { test } = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const scanner = require('../static/scanner.js');
const HealthPass = { qr: require('../pass/qr.js') };

if (!globalThis.crypto) globalThis.crypto = require('node:crypto').webcrypto; // Node.js 18 has it there

scanner.setReader(require('../static/vendor/jsqr.js'));

const pictures = JSON.parse(fs.readFileSync(process.env.PICTURES));
for (const picture of pictures) {
  test('reads ' + picture.name, () => {
    const data = new Uint8ClampedArray(Buffer.from(picture.pixels, 'base64'));
    const pixels = { data, width: picture.width, height: picture.height };
    assert.equal(scanner.read(pixels, picture.thorough), picture.text);
  });
}

test('reads the code of a second factor that qr.js drew', () => {
  const text = 'otpauth://totp/healthcode?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=healthcode';
  const modules = HealthPass.qr.encode(text, '');
  const size = HealthPass.qr.SIZE;
  const side = (size + 8) * 4;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < size * 4; y++) {
    for (let x = 0; x < size * 4; x++) {
      if (modules[(y >> 2) * size + (x >> 2)]) data.fill(0, ((y + 16) * side + x + 16) * 4, ((y + 16) * side + x + 16) * 4 + 3);
    }
  }
  assert.equal(scanner.read({ data, width: side, height: side }, false), text);
});

const grant = '0123456789'.repeat(24);
const other = '9876543210'.repeat(24);
const code = (of, slot) => 'https://code.example/p#' + of + String(slot).padStart(48, '0');

test('the grant is what stays of a code', () => {
  assert.equal(scanner.grantOf(code(grant, 1)), grant);
  assert.equal(scanner.grantOf(code(grant, 1)), scanner.grantOf(code(grant, 2)));
  assert.equal(scanner.grantOf('https://elsewhere.example/'), 'https://elsewhere.example/');
  assert.equal(scanner.grantOf('#' + grant.slice(1)), '#' + grant.slice(1));
});

test('a code held still counts once, however long', () => {
  const memory = scanner.memory();
  assert.ok(memory.isNew(code(grant, 0), 0));
  memory.accepted(code(grant, 0), 100);
  for (let now = 200; now < 60000; now += 150) {
    assert.ok(!memory.isNew(code(grant, Math.floor(now / 5000)), now));
  }
  assert.ok(memory.isNew(code(other, 0), 60000), 'the next person');
  assert.ok(!memory.isNew(code(grant, 12), 60100), 'the one before, still there');
  assert.ok(memory.isNew(code(grant, 14), 70000), 'who came back');
});

test('a reading that did not get through is read again', () => {
  const memory = scanner.memory();
  assert.ok(memory.isNew(code(grant, 0), 0));
  assert.ok(memory.isNew(code(grant, 0), 150));
});

test('whoever showed a picture may show the living code', () => {
  const memory = scanner.memory();
  assert.ok(memory.isNew(code(grant, 0), 0));
  memory.refused(code(grant, 0), 50);
  assert.ok(!memory.isNew(code(grant, 0), 200), 'the picture is not sent twice');
  assert.ok(memory.isNew(code(grant, 7), 400));
});

test('a reading keeps its id until it gets through', async () => {
  const answers = [{ status: 0, problem: { reason: 'network' } }, { status: 503, problem: { reason: 'internal' } }, { status: 200, ok: true }];
  const sent = [];
  const waited = [];
  const answer = await scanner.deliver({ id: 'A', pass: 'p' }, (body) => { sent.push(body.id); return answers.shift(); },
    () => 0, (millis) => { waited.push(millis); });
  assert.ok(answer.ok);
  assert.deepEqual(sent, ['A', 'A', 'A']);
  assert.deepEqual(waited, [400, 1200]);
});

test('a reading that is refused is not sent again', async () => {
  let sent = 0;
  await scanner.deliver({ id: 'A' }, () => { sent++; return { status: 410, problem: { reason: 'pass.stale' } }; }, () => 0);
  assert.equal(sent, 1);
});

test('a reading gives up in the end', async () => {
  let sent = 0;
  const answer = await scanner.deliver({ id: 'A' }, () => { sent++; return { status: 0, problem: {} }; }, () => 0, () => {});
  assert.equal(answer.status, 0);
  assert.equal(sent, 3);
});

test('an id of the wrong time is made anew once', async () => {
  const sent = [];
  await scanner.deliver({ id: 'A' }, (body) => {
    sent.push(body.id);
    return { status: 422, problem: { reason: 'visit.id' } };
  }, () => 1469918176385, () => {});
  assert.equal(sent.length, 2);
  assert.equal(sent[0], 'A');
  assert.match(sent[1], /^01ARYZ6S41/);
});

test('ids are ULIDs of the time, in order and never the same', () => {
  const zeros = (bytes) => bytes.fill(0);
  assert.equal(scanner.ulid(0, zeros), '0'.repeat(26));
  assert.equal(scanner.ulid(1469918176385.7, zeros), '01ARYZ6S41' + '0'.repeat(16)); // the example of the ULID specification
  assert.equal(scanner.ulid(281474976710655, (bytes) => bytes.fill(255)), '7' + 'Z'.repeat(25));
  assert.ok(scanner.ulid(1000) < scanner.ulid(1001));
  for (const time of [0, 1469918176385, 281474976710655]) assert.equal(scanner.timeOf(scanner.ulid(time)), time);
  const many = new Set(Array.from({ length: 1000 }, () => scanner.ulid(1e12)));
  assert.equal(many.size, 1000);
  for (const id of many) assert.match(id, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
});

test('the reader is the one that its licence names', () => {
  const mine = fs.readFileSync(path.join(__dirname, '../static/vendor/jsqr.js'));
  const npm = path.join(__dirname, '../node_modules/jsqr/dist/jsQR.js');
  if (fs.existsSync(npm)) assert.ok(mine.equals(fs.readFileSync(npm)));
  assert.match(fs.readFileSync(path.join(__dirname, '../static/vendor/jsqr.LICENSE'), 'utf8'), /Apache License/);
});
