// What was filled in on a form and could not be sent yet, kept on this phone: for this
// account alone, until it is sent, taken away, signed out, or a day old. After form.js
// where there is one. Browser: HealthKeep.
(function () {
  'use strict';

  const PREFIX = 'kept.';
  const LIFE = 24 * 60 * 60 * 1000; // milliseconds
  const LISTS = '.stays, #companions'; // whose items are added one by one

  const read = function (name) {
    try { return JSON.parse(localStorage.getItem(name)); } catch (error) { return null; }
  };

  // names lists what is kept here.
  function names() {
    try { return Object.keys(localStorage).filter(function (name) { return name.indexOf(PREFIX) === 0; }); } catch (error) { return []; }
  }

  function remove(name) {
    try { localStorage.removeItem(name); } catch (error) { /* then it never kept anything */ }
  }

  function forgetAll() { names().forEach(remove); }

  const old = function (kept) { return !kept || !(kept.at <= Date.now()) || kept.at < Date.now() - LIFE; };
  names().forEach(function (name) { if (old(read(name))) remove(name); });

  // fields are all that can be filled in, in their order.
  function fields(form) { return Array.prototype.slice.call(form.querySelectorAll('input, select, textarea')); }

  const boxed = function (input) { return input.type === 'radio' || input.type === 'checkbox'; };

  // snapshot is what is filled in now.
  function snapshot(form) {
    return {
      account: form.dataset.account, version: form.dataset.version, at: Date.now(), key: form.key || '', said: form.lastSaid || '',
      lists: Array.prototype.map.call(form.querySelectorAll(LISTS), function (list) { return list.children.length; }),
      values: fields(form).map(function (input) { return boxed(input) ? input.checked : input.value; }),
    };
  }

  // grow makes a list as long as it was.
  function grow(list, n) {
    while (list.children.length > n) list.lastElementChild.remove();
    while (list.children.length < n) {
      if (list.id === 'companions') window.HealthParty.more();
      else list.appendChild(list.parentNode.querySelector('template').content.cloneNode(true));
    }
  }

  // restore fills in what was kept. What is of another account or another version of the
  // form is gone.
  function restore(form, kept) {
    if (old(kept) || kept.account !== form.dataset.account || kept.version !== form.dataset.version) return false;
    form.querySelectorAll(LISTS).forEach(function (list, i) { grow(list, kept.lists[i]); });
    const all = fields(form);
    if (all.length !== kept.values.length) return false;
    all.forEach(function (input, i) {
      if (boxed(input)) input.checked = kept.values[i];
      else input.value = kept.values[i];
    });
    form.key = kept.key;
    form.lastSaid = kept.said;
    return true;
  }

  // begin has a form kept from now on, and fills in what is kept of it already. send
  // sends it again when there is a network, where it was to be sent and was not, and nothing was
  // changed since.
  function begin(form, send) {
    const name = PREFIX + form.dataset.declare;
    const part = function (what) { return form.querySelector('[data-kept="' + what + '"]'); };
    const show = function (kept) {
      part('now').hidden = !kept;
      part('forget').hidden = !kept;
    };
    let waits = false;
    const waiting = function (yes) {
      waits = yes;
      part('waits').hidden = !yes;
    };
    form.keep = function () {
      const now = snapshot(form);
      now.at = form.since = form.since || now.at; // a day from when it was begun
      try { localStorage.setItem(name, JSON.stringify(now)); } catch (error) {
        part('say').hidden = true;
        part('not').hidden = false;
        return;
      }
      show(true);
    };
    form.drop = function () {
      remove(name);
      form.since = false;
      waiting(false);
      show(false);
    };
    form.wait = function () { waiting(true); };
    const edited = function () { // whoever changes it sends it when they are done
      waiting(false);
      form.keep();
    };
    const kept = read(name);
    if (kept && restore(form, kept)) {
      form.since = kept.at;
      show(true);
    } else if (kept) {
      remove(name);
    }
    form.addEventListener('input', edited);
    form.addEventListener('change', edited);
    form.addEventListener('click', function (event) { // one more on a list, or one less
      if (event.target.closest('button[type=button]:not([data-kept])')) edited();
    });
    part('forget').addEventListener('click', function () {
      form.drop();
      location.reload();
    });
    window.addEventListener('online', function () {
      if (!waits) return;
      waiting(false);
      send();
    });
  }

  window.HealthKeep = { begin: begin, forgetAll: forgetAll };
})();
