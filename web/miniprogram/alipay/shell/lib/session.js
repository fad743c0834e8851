// The one session of this package with the service, and the reader's texts.
'use strict';

const platform = require('../platform');
const config = require('../config');
const texts = require('./texts');
const words = texts.of(platform.language());

module.exports = {
  words,
  config,
  fill: texts.fill,
  newKey: require('./service').newKey,
  clock: require('./clock').make(words.language, config.zoneMinutes),
  ...require('./service').make({ platform, origin: config.origin, words }),
};
