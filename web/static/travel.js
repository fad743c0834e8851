// The page of the travel card. After face.js.
(function () {
  'use strict';

  const page = window.HealthFace;

  // cities are the card's as the page has them: with a star where one is shown.
  function cities(said) {
    return said.cities.map(function (city) { return city.code + (city.starred ? '*' : ''); }).join(' ');
  }

  page.start('/v1/travel', function (said) { return page.differs(said) || cities(said) !== page.face.cities; });
})();
