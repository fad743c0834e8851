// The page with the panes: chooses who is in each, and carries what one pane's
// screen shows to the guard's camera.
'use strict';

const frames = {};
for (const pane of document.querySelectorAll('.pane')) frames[pane.dataset.pane] = pane.querySelector('iframe');

const origin = (pane) => `${location.protocol}//${pane}.${location.host}`;

function open(pane, who) {
  const page = pane === 'wechat' || pane === 'alipay' ? 'phone.html' : 'desk.html';
  delete frames[pane].closest('.pane').dataset.ready;
  frames[pane].src = `${origin(pane)}/-/${page}?who=${encodeURIComponent(who)}`;
}

function choose(pane, list, first) {
  const select = document.querySelector(`[data-pane="${pane}"] select`);
  for (const [value, says] of list) select.add(new Option(says, value));
  select.value = first;
  select.addEventListener('change', () => open(pane, select.value));
}

async function begin() {
  const city = await (await fetch('/-/city')).json();
  for (const pane of ['wechat', 'alipay']) {
    const people = city.people.filter((p) => p.Platform === pane).map((p) => [p.User, p.Says]);
    people.push([`newcomer-${pane}`, 'somebody new']);
    choose(pane, people, people[0][0]);
    open(pane, people[0][0]);
  }
  const staff = (chosen) => city.staff.filter(chosen).map((s) => [s.username, s.username]);
  choose('guard', staff((s) => s.role === 'guard'), 'guard');
  choose('console', staff((s) => s.role !== 'guard'), 'worker');
  open('guard', 'guard');
  open('console', 'worker');
  codes(city.staff);
  setInterval(async () => codes((await (await fetch('/-/city')).json()).staff), 10000);
}

function codes(staff) {
  const rows = staff.map((s) => {
    const row = document.createElement('tr');
    for (const cell of [s.username, s.role, s.password, s.code]) row.insertCell().textContent = cell;
    return row;
  });
  document.querySelector('#staff tbody').replaceChildren(...rows);
}

// The guard points their camera at the phone beside: the pane gives its pixels,
// and the guard's page decodes them as it would a photograph.
for (const button of document.querySelectorAll('[data-scan]')) {
  button.addEventListener('click', () => frames[button.dataset.scan].contentWindow.postMessage('pixels', origin(button.dataset.scan)));
}

// A phone points its camera at the poster on the door.
for (const button of document.querySelectorAll('[data-door]')) {
  button.addEventListener('click', async () => {
    const { poster } = await (await fetch('/-/city')).json();
    frames[button.dataset.door].contentWindow.postMessage({ poster }, origin(button.dataset.door));
  });
}

// What the panes tell: the pixels of a phone's screen, that a page stands in a
// pane, and what the guard was told to do.
addEventListener('message', (event) => {
  const from = Object.keys(frames).find((pane) => event.origin === origin(pane));
  if (!from) return;
  if (event.data instanceof ArrayBuffer) frames.guard.contentWindow.postMessage(event.data, origin('guard'));
  else Object.assign(frames[from].closest('.pane').dataset, event.data);
});

begin();
