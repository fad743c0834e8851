// What WeChat does in the same way for the plugin and the shell. Everything that can fail
// is a promise.
'use strict';

// promised calls an API that takes success and fail.
function promised(api, options) {
  return new Promise((success, fail) => { api({ ...options, success, fail }); });
}

// send makes a request. wx.request calls success with any status.
function send({ url, method, headers, body, timeout }) {
  return promised(wx.request, { url, method, header: headers, data: body, timeout })
    .then(({ statusCode, data }) => ({ status: statusCode, body: data }));
}

// The phone keeps passes encrypted. What cannot be kept or read is not there.
const store = {
  keep: (key, data) => promised(wx.setStorage, { key, data: JSON.stringify(data), encrypt: true }).catch(() => null),
  kept: (key) => promised(wx.getStorage, { key, encrypt: true }).then(({ data }) => JSON.parse(data)).catch(() => null),
  forget: (key) => promised(wx.removeStorage, { key }).catch(() => null),
};

const language = () => (wx.getAppBaseInfo ? wx.getAppBaseInfo() : wx.getSystemInfoSync()).language;

// canvas finds the canvas of a page or component and makes it as sharp as the screen.
function canvas(owner, selector) {
  return new Promise((resolve) => {
    wx.nextTick(() => wx.createSelectorQuery().in(owner).select(selector).fields({ node: true, size: true }).exec(([found]) => {
      const ratio = (wx.getWindowInfo ? wx.getWindowInfo() : wx.getSystemInfoSync()).pixelRatio || 1;
      found.node.width = Math.round(found.width * ratio);
      found.node.height = found.node.width;
      resolve(found.node);
    }));
  });
}

const titled = (title) => promised(wx.setNavigationBarTitle, { title });

module.exports = { promised, send, store, language, canvas, titled };
