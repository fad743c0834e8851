// What WeChat does for the plugin. Everything that can fail is a promise.
'use strict';

const config = require('./config');
const basics = require('./basics');

const { promised } = basics;

// login tells who this is in this host: wx.login is the host's alone.
function login() {
  return promised(wx.pluginLogin, {}).then(({ code }) => ({ platform: 'wechat-plugin', code }));
}

// leave goes to the city's mini-program, right after a tap.
const leave = (extraData) => promised(wx.navigateToMiniProgram, { appId: config.city, path: 'pages/link/link', extraData });

// page opens another page of this plugin.
const page = (name) => promised(wx.navigateTo, { url: `plugin-private://${config.plugin}/pages/${name.replace(/^\w+/, '$&/$&')}` });

const top = () => promised(wx.pageScrollTo, { scrollTop: 0, duration: 0 });

module.exports = { ...basics, name: 'wechat', login, leave, page, top };
