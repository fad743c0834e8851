// Saying that one arrives: the form's answers, where to, and who comes along. After
// app.js and party.js.
(function () {
  'use strict';

  const app = window.HealthApp;
  const forms = window.HealthForm;
  const party = window.HealthParty;
  const form = document.getElementById('arrival');

  function go() {
    const at = party.value(form, 'at');
    const said = Object.assign(party.where(form), { gateway: party.value(form, 'gateway'), at: at ? new Date(at).toISOString() : null });
    app.submit(form, '/v1/arrivals', said, function () { app.leave('/arrival', app.texts.sent); });
  }

  form.addEventListener('submit', function (event) { event.preventDefault(); go(); });
  form.addEventListener('change', function () { forms.arrange(form); });
  forms.begin(form);
  window.HealthKeep.begin(form, go);
  forms.arrange(form);
})();
