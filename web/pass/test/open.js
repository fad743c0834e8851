// Opens for the Go tests: reads {keys, asked} as JSON, asked a list of {text, at}, and
// writes a list of what open answers to each.
'use strict';
const fs = require('node:fs');
if (typeof globalThis.crypto !== 'object') globalThis.crypto = require('node:crypto').webcrypto; // Node.js 18
const open = require('../../static/verify.js');

const { keys, asked } = JSON.parse(fs.readFileSync(0, 'utf8'));
Promise.all(asked.map(({ text, at }) => open(text, keys, at)))
  .then((answers) => process.stdout.write(JSON.stringify(answers)));
