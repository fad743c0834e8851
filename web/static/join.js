// Joining by invitation: the token comes in the fragment, which no server sees, and
// leaves the address at once. After ../pass/qr.js and staff.js.
(function (staff, qr) {
  'use strict';

  const at = (id) => document.getElementById(id);
  const form = at('join');
  const fields = form.elements;
  const token = location.hash.slice(1);
  history.replaceState(null, '', location.pathname + location.search);

  function stop(sentence) {
    at('joining').hidden = true;
    at('lost').textContent = sentence;
    at('refused').hidden = false;
    at('refused').focus();
  }

  function start(factor) {
    at('secret').textContent = factor.secret.replace(/(.{4})(?=.)/g, '$1 ');
    at('otpauth').href = factor.url;
    at('document').hidden = Boolean(factor.role) && ['worker', 'lead'].indexOf(factor.role) < 0;
    at('joining').hidden = false;
    qr.draw(at('qr'), qr.encode(factor.url, ''));
  }

  async function open() {
    if (!token) {
      stop(staff.text('invitation.none'));
      return;
    }
    const answer = await staff.send('POST', '/v1/invitations/open', { token });
    if (answer.ok) start(answer.body);
    else stop(answer.problem.text);
  }

  const problem = (field, key) => {
    staff.explain(form, { field, text: staff.text(key) });
    return null;
  };

  at('see').addEventListener('change', () => { fields.password.type = at('see').checked ? 'text' : 'password'; });

  staff.form(form, () => {
    const code = fields.code.value.replace(/\s/g, '');
    if (!/^[a-z][a-z0-9._-]{2,31}$/.test(fields.username.value.trim())) return problem('username', 'username.rule');
    if (Array.from(fields.password.value).length < 12) return problem('password', 'password.rule');
    if (!/^\d{6}$/.test(code)) return problem('code', 'code.rule');
    const body = { token, username: fields.username.value.trim(), password: fields.password.value, code };
    const number = fields.document.value.toUpperCase().replace(/\s/g, '');
    if (number) body.document = { type: fields.type.value, number };
    return body;
  }, () => {
    form.reset();
    at('joining').hidden = true;
    at('joined').hidden = false;
    at('joined').focus();
  });

  open();
})(window.HealthStaff, window.HealthPass.qr);
