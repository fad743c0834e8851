// The page that a shell opens: it redeems the ticket in the fragment, takes it
// out of the address, and goes on to where it was sent.
(function () {
  'use strict';

  const texts = JSON.parse(document.getElementById('texts').textContent);
  const parts = location.hash.slice(1).split('&to=');
  history.replaceState(null, '', location.pathname);
  addEventListener('hashchange', function () { location.reload(); }); // opened again, with another ticket
  // A page of ours: two slashes would begin the name of another site.
  const to = /^(\/[a-z]*|(\/[a-z]+)+)(#[A-Z0-9]{26})?$/.test(parts[1] || '') ? parts[1] : '/';
  const says = document.getElementById('says');

  fetch('/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ticket: parts[0] }), credentials: 'same-origin' })
    .then(function (response) {
      if (response.ok) { location.replace(to); return null; }
      return response.json().then(function (said) { says.textContent = said.error.text; });
    })
    .catch(function () { says.textContent = texts.offline; });
})();
