// A phone with the app open: it does what the mini-program's shell does. The app
// gives a code, the service takes it and gives a ticket, and the page is opened
// with the ticket in its fragment.
'use strict';

const app = location.hostname.split('.')[0];
document.documentElement.dataset.app = app;
const who = new URLSearchParams(location.search).get('who');
const frame = document.querySelector('iframe');
const says = document.querySelector('#says');

async function post(path, body) {
  const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

async function login() {
  const { code } = await post(`/-/code?user=${encodeURIComponent(who)}`, {});
  const { ticket, registered } = await post('/v1/login', { platform: app, code });
  frame.src = `/enter#${ticket}&to=${registered ? '/code' : '/register'}`;
  says.textContent = '';
}

// The page that shows both phones hears when a page stands in this one.
const beside = `${location.protocol}//${location.host.replace(`${app}.`, '')}`;
frame.addEventListener('load', () => {
  const at = frame.contentWindow.location.pathname;
  if (at !== '/enter' && at !== 'blank') parent.postMessage({ ready: at }, beside);
});

// A camera that is pointed at a poster opens the page of its door; one that is
// pointed at this screen gets what it shows.
addEventListener('message', (event) => {
  if (event.origin !== beside) return;
  if (event.data.poster) {
    frame.src = `/door?${Date.now()}#${event.data.poster}`; // a new page each time
    return;
  }
  if (event.data !== 'pixels') return;
  const canvas = frame.contentDocument.querySelector('canvas');
  if (!canvas) {
    says.textContent = 'no code is on this screen';
    return;
  }
  says.textContent = '';
  canvas.toBlob(async (blob) => event.source.postMessage(await blob.arrayBuffer(), event.origin), 'image/png');
});

login().catch((error) => { says.textContent = `the login failed: ${error.message}`; });
