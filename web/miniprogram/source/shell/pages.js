// Opens the service's pages in the web-view, by a ticket in the fragment of their
// address: good once, for a minute, and sent to no server.
'use strict';

const platform = require('../platform');
const { ask, config } = require('./session');
const { expire } = require('./face');

const POSTER = /^\/door#([0-9A-HJKMNP-TV-Z]{26})$/;

// poster is the door's page that a scanned text leads to, and nothing of another city's.
function poster(text) {
  if (typeof text !== 'string' || text.indexOf(config.origin) !== 0) return '';
  const found = POSTER.exec(text.slice(config.origin.length));
  return found ? `/door#${found[1]}` : '';
}

// passed reports whether the text is a health code or a card, which guards alone read.
function passed(text) {
  return typeof text === 'string' && ['/p#', '/t#', '/c#'].some((path) => text.indexOf(config.origin + path) === 0);
}

// launched is the page that the shell was opened for by an ordinary link, if any:
// WeChat hands over the link as the encoded parameter q, Alipay as qrCode.
function launched(options) {
  try {
    return poster(decodeURIComponent((options && (options.q || options.qrCode)) || ''));
  } catch (error) { // not encoded as links are
    return '';
  }
}

// open goes to a page of the service. It tells the answer, so that the caller can say what is wrong.
function open(to) {
  return ask('POST', '/v1/ticket').then((said) => {
    if (said.ok) {
      expire(); // whatever is done there
      const src = `${config.origin}/enter#${said.body.ticket}&to=${to}`;
      platform.go(`/pages/page/page?src=${encodeURIComponent(src)}`);
    }
    return said;
  });
}

module.exports = { open, poster, passed, launched };
