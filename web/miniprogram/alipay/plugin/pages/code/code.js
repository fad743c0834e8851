const page = require('../../lib/code');

Page({ ...page, data: () => ({ ...page.data }) }); // an object would be shared by all openings
