// Draws for the Go tests: reads a JSON list of {prefix, digits, mask, side} and
// writes one of {modules, side, pixels}: modules as "0" and "1", pixels (one byte of
// grey each) in base64.
'use strict';
const fs = require('node:fs');
const qr = require('../qr.js');
const { Canvas } = require('./page.js');

const asked = JSON.parse(fs.readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(asked.map(({ prefix, digits, mask, side }) => {
  const modules = qr.encode(prefix, digits, mask);
  const canvas = new Canvas({ width: side, shown: side });
  qr.draw(canvas, modules);
  return { modules: modules.join(''), side: canvas.width, pixels: Buffer.from(canvas.pixels).toString('base64') };
})));
