// A guard's phone or a worker's desk, with its member of staff logged in.
'use strict';

const pane = location.hostname.split('.')[0];
const who = new URLSearchParams(location.search).get('who');
const frame = document.querySelector('iframe');
const says = document.querySelector('#says');
const home = {
  guard: '/gate', worker: '/console', lead: '/console', epidemiologist: '/console/proposals',
  officer: '/console/rules', auditor: '/console/alarms', administrator: '/console/invitations',
};

async function login() {
  const member = await (await fetch(`/-/staff?username=${encodeURIComponent(who)}`)).json();
  const page = home[member.role];
  if (sessionStorage.getItem('who') !== who || (await fetch(page, { redirect: 'manual' })).status !== 200) {
    const response = await fetch('/v1/staff/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: member.username, password: member.password, code: member.code }),
    });
    if (!response.ok) {
      says.textContent = 'this code was used already; a new one comes within half a minute';
      setTimeout(login, 3000);
      return;
    }
    sessionStorage.setItem('who', who);
  }
  frame.src = page;
  says.textContent = '';
}

// The page that shows this one hears when a page stands here, and what the guard
// was told to do.
const beside = `${location.protocol}//${location.host.replace(`${pane}.`, '')}`;
frame.addEventListener('load', () => {
  const at = frame.contentWindow.location.pathname;
  if (at === 'blank') return;
  parent.postMessage({ ready: at }, beside);
  const result = frame.contentDocument.querySelector('#result');
  if (result) new MutationObserver(() => parent.postMessage({ advice: result.dataset.advice }, beside)).observe(result, { attributes: true });
});

// What the guard's camera sees, given to the page as the photograph it would take.
addEventListener('message', (event) => {
  if (event.origin !== beside || pane !== 'guard' || !(event.data instanceof ArrayBuffer)) return;
  const input = frame.contentDocument.querySelector('input[type=file]');
  if (!input) {
    says.textContent = 'choose a venue first';
    return;
  }
  const files = new DataTransfer();
  files.items.add(new File([event.data], 'photograph.png', { type: 'image/png' }));
  input.files = files.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
});

login();
