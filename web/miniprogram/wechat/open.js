// Which page to open, and its address.
const fragment = {
  // target is the page that the shell was opened for: a venue's poster, scanned as
  // an ordinary link, or the code itself.
  target(options) {
    const scanned = decodeURIComponent((options && (options.q || options.qrCode)) || '');
    const poster = /\/door#([0-9A-HJKMNP-TV-Z]{26})$/.exec(scanned);
    return poster ? `/door#${poster[1]}` : '/code';
  },

  // address is the page that takes the ticket and goes on.
  address(origin, ticket, to) {
    return `${origin}/enter#${ticket}&to=${to}`;
  },
};

module.exports = { fragment };
