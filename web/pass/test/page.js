// A canvas, a clock and a document for the tests: as much of each as we use.
'use strict';

class Canvas {
  constructor({ width = 300, shown = 0 } = {}) {
    this.style = {};
    this.sized = shown; // what a style sheet says; 0 for none
    this.w = width;
    this.height = width;
    this.drawings = 0;
  }

  get width() { return this.w; }

  set width(pixels) { this.w = pixels; }

  get clientWidth() { return this.style.width ? parseFloat(this.style.width) : this.sized || this.w; }

  getContext() {
    const canvas = this;
    return {
      fillStyle: '#000',
      fillRect(left, top, width, height) {
        if (left === 0 && top === 0) {
          canvas.pixels = new Uint8Array(canvas.width * canvas.height).fill(127);
          canvas.drawings++;
        }
        const shade = { '#fff': 255, '#000': 0 }[this.fillStyle];
        for (let y = top; y < top + height; y++) canvas.pixels.fill(shade, y * canvas.width + left, y * canvas.width + left + width);
      },
    };
  }
}

// clock replaces the timers and Date.now until restore is called.
function clock(now) {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now };
  const waiting = new Map();
  let ids = 0;
  globalThis.setTimeout = (call, wait) => {
    waiting.set(++ids, { call, at: now + wait, wait });
    return ids;
  };
  globalThis.clearTimeout = (id) => waiting.delete(id);
  Date.now = () => now;
  return {
    waiting,
    // to moves time on, firing what falls due in its order.
    to(then) {
      for (;;) {
        const due = [...waiting].filter(([, timer]) => timer.at <= then).sort((a, b) => a[1].at - b[1].at)[0];
        if (!due) break;
        waiting.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].call();
      }
      now = then;
    },
    // jump moves time on without firing anything, as sleep does.
    jump(then) { now = then; },
    restore() {
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
      Date.now = real.now;
    },
  };
}

module.exports = { Canvas, clock };
