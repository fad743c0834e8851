// What Alipay does for the plugin. Everything that can fail is a promise.
'use strict';

const config = require('./config');
const basics = require('./basics');

const { promised } = basics;

// login tells who this is in this host: the code is the host's, and so is the open id.
function login() {
  const host = my.getParentAppIdSync().appId;
  return promised(my.getAuthCode, { scopes: ['auth_base'] }).then(({ authCode }) => ({ platform: 'alipay-plugin', code: authCode, host }));
}

// leave goes to the city's mini-program, right after a tap.
const leave = (extraData) => promised(my.navigateToMiniProgram, { appId: config.city, path: 'pages/link/link', extraData });

// page opens another page of this plugin.
const page = (name) => promised(my.navigateTo, { url: `/pages/${name.replace(/^\w+/, '$&/$&')}` });

// day has the person choose a day, none before since and none ahead.
function day({ value, since, today }) {
  return promised(my.datePicker, { format: 'yyyy-MM-dd', currentDate: value || today, startDate: since, endDate: today }).then(({ date }) => date);
}

const top = () => my.pageScrollTo({ scrollTop: 0, duration: 0 });

module.exports = { ...basics, name: 'alipay', login, leave, page, day, top };
