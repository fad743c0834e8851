const page = require('../../lib/name');

Page({ ...page, data: () => ({ ...page.data }) }); // an object would be shared by all openings
