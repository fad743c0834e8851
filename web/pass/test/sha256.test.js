'use strict';
const test = require('node:test');
const assert = require('node:assert');
const crypto = require('node:crypto');
const sha256 = require('../sha256.js');

const hex = (bytes) => Buffer.from(bytes).toString('hex');

test('the examples of FIPS 180-4', () => {
  const examples = {
    '': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    abc: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq:
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ['a'.repeat(1000000)]: 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  };
  for (const [text, want] of Object.entries(examples)) assert.equal(hex(sha256(Buffer.from(text))), want);
});

test('every length around the block borders, against the one of Node', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = crypto.randomBytes(length);
    assert.equal(hex(sha256(bytes)), crypto.createHash('sha256').update(bytes).digest('hex'), `${length} bytes`);
  }
});

test('the input stays as it was', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  sha256(bytes);
  assert.deepEqual([...bytes], [1, 2, 3]);
});
