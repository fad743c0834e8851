// An auditor's alarms: what is on the page can be marked as read. After staff.js.
(function (staff) {
  'use strict';

  const button = document.getElementById('read');
  if (!button) return;
  button.addEventListener('click', async () => {
    const answer = await staff.once(button, 'POST', '/v1/alarms/read', { up_to: button.dataset.upTo });
    if (!answer) return;
    if (answer.ok) location.reload();
    else if (!staff.signedOut(answer)) staff.say(answer.problem.text);
  });
})(window.HealthStaff);
