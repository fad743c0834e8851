// In WeChat's browser, outside the mini-program, the home page scans doors by
// itself. WeChat's bridge is asked for when the tile is pressed and not before: it
// is the one script that is not ours.
(function () {
  'use strict';

  const BRIDGE = 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js';
  const WAIT = 15000; // milliseconds until the bridge counts as lost

  const app = window.HealthApp;
  const button = document.getElementById('scan');
  const said = document.getElementById('said');
  let ready = null; // a promise of the bridge, once it was asked for

  function load() {
    return new Promise(function (resolve, reject) {
      const script = document.createElement('script');
      script.src = BRIDGE;
      script.onload = resolve;
      script.onerror = reject;
      document.head.appendChild(script);
    });
  }

  // configure shows WeChat that the page is ours. A refusal is told by wx.error, and
  // wx.ready follows all the same.
  function configure() {
    return app.send('POST', '/v1/page-config', { page: location.href.split('#')[0] }).then(function (answer) {
      if (!answer.ok) throw app.problem(answer);
      return new Promise(function (resolve, reject) {
        window.wx.error(reject);
        window.wx.ready(resolve);
        window.wx.config(Object.assign({ jsApiList: ['scanQRCode'] }, answer.body));
      });
    });
  }

  function late() {
    return new Promise(function (resolve, reject) { setTimeout(reject, WAIT); });
  }

  // forget has the next try begin anew: a bridge tells only once that it is ready.
  function forget(error) {
    ready = null;
    delete window.wx;
    delete window.jWeixin;
    throw error;
  }

  function scan() {
    return new Promise(function (resolve, reject) {
      window.wx.scanQRCode({ needResult: 1, scanType: ['qrCode'], fail: reject,
        success: function (found) { resolve(String(found.resultStr)); },
        cancel: function () { resolve(''); } });
    });
  }

  // open goes to the door of one of our posters. Anything else is refused in words.
  function open(text) {
    if (text.indexOf(location.origin + '/door#') === 0) location.assign(text);
    else if (text) say(own(text) ? app.texts.scan_pass : app.texts.scan_other);
  }

  // own reports whether it is somebody's code or card.
  function own(text) {
    return ['/p#', '/t#', '/c#'].some(function (path) { return text.indexOf(location.origin + path) === 0; });
  }

  function say(words) {
    said.textContent = words;
    said.scrollIntoView({ block: 'center' });
  }

  button.addEventListener('click', function () {
    said.textContent = '';
    button.disabled = true;
    ready = ready || Promise.race([load().then(configure), late()]).catch(forget);
    ready.then(scan).then(open)
      .catch(function (error) { say(error && error.text ? error.text : app.texts.scan_failed); })
      .then(function () { button.disabled = false; });
  });
})();
