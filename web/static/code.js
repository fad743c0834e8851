// The code page. After face.js.
(function () {
  'use strict';

  window.HealthFace.start('/v1/pass', window.HealthFace.differs);
  try { // what the page before this one has done
    document.getElementById('said').textContent = sessionStorage.getItem('note') || '';
    sessionStorage.removeItem('note');
  } catch (error) { /* a private window keeps nothing */ }
})();
