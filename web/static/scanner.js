// What a gate needs to read codes: pixels to text, which readings are one and the
// same person, and the ids of visits. Browser: HealthGate.scanner, after jsqr.js.
// CommonJS: the same, given jsQR by setReader.
(function (root, make) {
  'use strict';
  if (typeof module === 'object' && module.exports) module.exports = make(null);
  else (root.HealthGate = root.HealthGate || {}).scanner = make(root.jsQR);
})(typeof self !== 'undefined' ? self : this, function (jsQR) {
  'use strict';

  const GRANT = 240; // digits of a pass that are the same as long as its grant is
  const AWAY = 8000; // milliseconds without a code after which it counts anew
  const PAUSE = 150; // milliseconds between two looks through the camera
  const SIDE = 640; // pixels of the square that is looked at
  const TRIES = [0, 400, 1200]; // milliseconds before each try to send a reading
  const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

  // read finds a QR code in RGBA pixels and returns its text, or "".
  // thorough also looks for light codes on dark ground, which takes twice as long.
  function read(pixels, thorough) {
    const found = jsQR(pixels.data, pixels.width, pixels.height,
      { inversionAttempts: thorough ? 'attemptBoth' : 'dontInvert' });
    return found ? found.data : '';
  }

  // grantOf names the grant that a code was made from, or the whole text when it
  // is no pass: a pass changes every few seconds, and its grant does not.
  function grantOf(text) {
    const digits = text.slice(text.lastIndexOf('#') + 1);
    return /^\d{240,}$/.test(digits) ? digits.slice(0, GRANT) : text;
  }

  // printed says whether a code is one of those on paper, which say nothing without the
  // service.
  const printed = (text) => /(^|#)\d{5}(-\d{5}){7}$/.test(text.trim());

  // ulid is the id of a visit: 48 bits of milliseconds and 80 random bits.
  //   random   fills an array of bytes; crypto.getRandomValues when left out
  function ulid(millis, random) {
    let out = '';
    for (let i = 0, rest = Math.floor(millis); i < 10; i++) {
      out = CROCKFORD[rest % 32] + out;
      rest = Math.floor(rest / 32);
    }
    const bytes = new Uint8Array(16);
    if (random) random(bytes);
    else crypto.getRandomValues(bytes);
    for (let i = 0; i < 16; i++) out += CROCKFORD[bytes[i] & 31];
    return out;
  }

  // timeOf is the time that an id was made at, in milliseconds.
  const timeOf = (id) => Array.from(id.slice(0, 10)).reduce((sum, letter) => sum * 32 + CROCKFORD.indexOf(letter), 0);

  // memory tells a new code from one that is still being held up. What was let
  // through is known by its grant, so that the same phone does not count twice when
  // its picture turns. What was refused is known by its exact text, so that the same
  // person may open the living code after showing a picture of it.
  function memory() {
    const seen = new Map(); // key to when it was last before the camera
    const fresh = (key, now) => {
      const last = seen.get(key);
      return last === undefined || now - last > AWAY;
    };
    return {
      // isNew says whether the code is to be sent. Asking is seeing.
      isNew(text, now) {
        seen.forEach((last, key) => { if (now - last > AWAY) seen.delete(key); });
        const keys = [text, grantOf(text)];
        const isNew = keys.every((key) => fresh(key, now));
        keys.forEach((key) => { if (seen.has(key)) seen.set(key, now); });
        return isNew;
      },
      accepted(text, now) { seen.set(grantOf(text), now); },
      refused(text, now) { seen.set(text, now); },
    };
  }

  // deliver sends a reading under one id until it gets through: the service takes
  // the same id once, however often it comes. Only an id that the service refused as
  // of another time is made anew, by the clock that the refusal has put right.
  //   send    (body) to {status, problem}; status 0 when it got lost
  //   now     the service's time, in milliseconds
  //   pause   waits that many milliseconds; for tests
  async function deliver(body, send, now, pause) {
    const wait = pause || ((millis) => new Promise((done) => { setTimeout(done, millis); }));
    let answer;
    for (const millis of TRIES) {
      if (millis) await wait(millis);
      answer = await send(body);
      if (answer.problem && answer.problem.reason === 'visit.id' && !millis) body.id = ulid(now());
      else if (answer.status && answer.status < 500) break;
    }
    return answer;
  }

  // frame draws the picture, its middle or the whole of it, onto the canvas.
  function frame(canvas, source, width, height, side, whole) {
    const edge = Math.min(width, height);
    const scale = whole ? Math.min(1, side / Math.max(width, height)) : Math.min(1, side / edge);
    canvas.width = Math.round((whole ? width : edge) * scale);
    canvas.height = Math.round((whole ? height : edge) * scale);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const left = whole ? 0 : (width - edge) / 2;
    const top = whole ? 0 : (height - edge) / 2;
    context.drawImage(source, left, top, width - 2 * left, height - 2 * top, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  }

  // detector is the system's own reader of bar codes, where there is one.
  async function detector() {
    if (typeof BarcodeDetector !== 'function') return null;
    try {
      const formats = await BarcodeDetector.getSupportedFormats();
      return formats.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null;
    } catch (error) {
      return null;
    }
  }

  async function detect(system, source) {
    try {
      const found = await system.detect(source);
      return found.length ? found[0].rawValue : '';
    } catch (error) {
      return '';
    }
  }

  // picture opens a file without an address of its own, which the page's policy on
  // content would not let it load.
  async function picture(file) {
    if (typeof createImageBitmap === 'function') {
      const bitmap = await createImageBitmap(file).catch(() => null);
      if (bitmap) return bitmap;
    }
    const image = new Image();
    image.src = await new Promise((done, failed) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.onerror = failed;
      reader.readAsDataURL(file);
    });
    await image.decode();
    return image;
  }

  // photo reads the code of a picture that somebody took or chose, or returns "".
  // A large picture is looked at in several sizes: a code that fills it reads best
  // when small, one in a corner when large.
  async function photo(file) {
    const image = await picture(file);
    const system = await detector();
    const text = system ? await detect(system, image) : '';
    if (text) return text;
    const canvas = document.createElement('canvas');
    for (const side of [1000, 600, 1600]) {
      const found = read(frame(canvas, image, image.width, image.height, side, true), true);
      if (found) return found;
    }
    return '';
  }

  // camera opens the camera that looks away from the guard and calls onText with
  // whatever it reads, again and again for as long as a code is before it. It throws
  // what getUserMedia throws. The answer's stop closes the camera.
  async function camera(video, onText) {
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) throw new Error('no camera');
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: false, video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    const close = () => {
      stream.getTracks().forEach((track) => track.stop());
      video.srcObject = null;
    };
    video.srcObject = stream;
    try {
      await video.play();
    } catch (error) {
      close();
      throw error;
    }
    const system = await detector();
    const canvas = document.createElement('canvas');
    let timer = 0;
    let stopped = false;
    async function look() {
      if (video.readyState >= 2 && video.videoWidth && !document.hidden) {
        const text = system ? await detect(system, video)
          : read(frame(canvas, video, video.videoWidth, video.videoHeight, SIDE, false), false);
        if (text && !stopped) onText(text);
      }
      if (!stopped) timer = setTimeout(look, PAUSE);
    }
    look();
    return {
      stop() {
        stopped = true;
        clearTimeout(timer);
        close();
      },
    };
  }

  return { read, grantOf, printed, ulid, timeOf, memory, deliver, photo, camera, setReader(reader) { jsQR = reader; } };
});
