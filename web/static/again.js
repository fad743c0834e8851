// Within a mini-program, whoever is signed out can have its shell log in again.
// The app's own bridge is asked for when the button is pressed and not before: it
// is the one script that is not ours.
(function () {
  'use strict';

  window.HealthKeep.forgetAll(); // nobody is signed in here any more

  const BRIDGES = { wechat: 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js', alipay: 'https://appx/web-view.min.js' };
  const SHELL = '/pages/index/index'; // of web/miniprogram

  const host = document.documentElement.dataset.host;
  const button = document.getElementById('again');
  if (!button || !BRIDGES[host]) return;
  const texts = JSON.parse(document.getElementById('texts').textContent);

  // app is what can open the shell's pages, once the bridge is there.
  function app() { return host === 'wechat' ? window.wx && window.wx.miniProgram : window.my; }

  function fail() {
    button.disabled = false;
    document.getElementById('says').textContent = texts.failed;
  }

  function enter() {
    if (app()) app().reLaunch({ url: SHELL, fail: fail });
    else fail();
  }

  // Both apps name mini-programs in the browser's name of itself.
  button.hidden = !/miniProgram/i.test(navigator.userAgent);
  button.addEventListener('click', function () {
    if (app()) { enter(); return; }
    button.disabled = true;
    const bridge = document.createElement('script');
    bridge.src = BRIDGES[host];
    bridge.onload = enter;
    bridge.onerror = fail;
    document.head.appendChild(bridge);
  });
})();
