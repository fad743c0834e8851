// Saying that one arrives: the form's answers, where to, and who comes along. After
// app.js.
(function () {
  'use strict';

  const app = window.HealthApp;
  const forms = window.HealthForm;
  const form = document.getElementById('arrival');
  const list = document.getElementById('companions');
  const add = document.getElementById('add');
  const most = Number(form.dataset.most);

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

  add.addEventListener('click', function () {
    list.appendChild(document.getElementById('companion').content.cloneNode(true));
    number();
    list.querySelector('fieldset:last-child input').focus();
  });

  list.addEventListener('click', function (event) {
    if (!event.target.closest('[data-take]')) return;
    event.target.closest('fieldset').remove();
    number();
    add.focus(); // what had the focus is gone
  });

  const value = function (name) {
    const input = form.elements.namedItem(name);
    return input.closest('[hidden]') ? '' : input.value.trim();
  };

  function companions() {
    return Array.prototype.map.call(list.children, function (one) {
      const part = function (name) { return one.querySelector('[data-part="' + name + '"]').value.trim(); };
      return { name: part('name'), document: { type: part('document.type'), number: part('document.number') } };
    });
  }

  function body() {
    const declared = forms.declared(form);
    const at = value('at');
    return { version: declared.version, answers: declared.answers, community: value('community'), gateway: value('gateway'),
      at: at ? new Date(at).toISOString() : null, plate: value('plate'), contact: value('contact'), companions: companions() };
  }

  form.addEventListener('submit', function (event) {
    event.preventDefault();
    const button = form.querySelector('[type=submit]');
    if (button.disabled) return;
    const said = body();
    const now = JSON.stringify(said);
    if (form.lastSaid !== now) { form.lastSaid = now; form.key = app.newKey(); }
    button.disabled = true;
    forms.clear(form);
    app.send('POST', '/v1/arrivals', said, form.key).then(function (answer) {
      button.disabled = false;
      if (answer.ok) app.leave('/arrival', app.texts.sent);
      else forms.explain(form, app.problem(answer));
    });
  });
  form.addEventListener('change', function () { forms.arrange(form); });
  forms.begin(form);
  forms.arrange(form);
})();
