// What a city sets. origin must be on the plugin's own list of server domains.
'use strict';

module.exports = {
  origin: 'https://hc.example.cn',
  zoneMinutes: 480, // of the place's clock, east of UTC
  city: '2021000000000001', // the app id of the city's mini-program, where codes are linked
};
