// An auditor's alarms: what is on the page can be marked as read. After staff.js.
(function (staff) {
  'use strict';

  const status = document.getElementById('status');
  const button = document.getElementById('read');
  if (!button) return;
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    const answer = await staff.send('POST', '/v1/alarms/read', { up_to: button.dataset.upTo });
    button.removeAttribute('aria-busy');
    if (answer.ok) location.reload();
    else if (!staff.signedOut(answer)) status.textContent = answer.problem.text;
  });
})(window.HealthStaff);
