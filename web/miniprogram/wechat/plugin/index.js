// What hosts call. Once the city's mini-program has been left, the host is shown
// again with referrerInfo.extraData.handover: it hands that to link, and nothing else.
'use strict';

const { link } = require('./lib/enrol');

module.exports = { link };
