// What a city sets. origin must be on the mini-program's lists of server and H5
// domains; hosts are the mini-programs whose plugin users may be linked.
'use strict';

module.exports = {
  origin: 'https://hc.example.cn',
  zoneMinutes: 480, // of the place's clock, east of UTC
  hosts: { 2021000000000002: '示例宿主小程序' }, // by app id, as residents know them
};
