// What a city sets. origin must be on the plugin's own list of request domains.
'use strict';

module.exports = {
  origin: 'https://hc.example.cn',
  zoneMinutes: 480, // of the place's clock, east of UTC
  plugin: 'wx00000000000000bb', // this plugin's own AppID
  city: 'wx0123456789abcdef', // the AppID of the city's mini-program, where codes are linked
};
