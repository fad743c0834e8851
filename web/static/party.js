// Who comes along on an arrival. After form.js. Browser: HealthParty.
(function () {
  'use strict';

  const list = document.getElementById('companions');
  const add = document.getElementById('add');
  if (!list) return; // a gate that is no gateway takes nobody down
  const most = Number(list.closest('form').dataset.most);

  // number names the fields of everybody who comes along as the service does, so that
  // what it says of one of them stands beside it.
  function number() {
    Array.prototype.forEach.call(list.children, function (one, i) {
      one.querySelectorAll('[data-part]').forEach(function (input) {
        input.name = 'companions.' + i + '.' + input.dataset.part;
      });
    });
    add.hidden = list.children.length >= most;
  }

  // more asks for one more, and is where they are written down.
  function more() {
    list.appendChild(document.getElementById('companion').content.cloneNode(true));
    number();
    return list.lastElementChild;
  }

  add.addEventListener('click', function () { more().querySelector('input').focus(); });

  list.addEventListener('click', function (event) {
    if (!event.target.closest('[data-take]')) return;
    event.target.closest('fieldset').remove();
    number();
    add.focus(); // what had the focus is gone
  });

  // read is who comes along.
  function read() {
    return Array.prototype.map.call(list.children, function (one) {
      const part = function (name) { return one.querySelector('[data-part="' + name + '"]').value.trim(); };
      return { name: part('name'), document: { type: part('document.type'), number: part('document.number') } };
    });
  }

  // where is the whole of an arrival that both a resident and a guard are asked.
  function where(form) {
    const declared = window.HealthForm.declared(form);
    return { version: declared.version, answers: declared.answers, community: value(form, 'community'), plate: value(form, 'plate'),
      contact: value(form, 'contact'), companions: read() };
  }

  function value(form, name) {
    const input = form.elements.namedItem(name);
    return input.closest('[hidden]') ? '' : input.value.trim();
  }

  // empty takes everybody away again.
  function empty() {
    list.replaceChildren();
    number();
  }

  window.HealthParty = { more: more, where: where, value: value, empty: empty };
})();
