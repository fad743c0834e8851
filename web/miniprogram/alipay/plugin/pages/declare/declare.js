const page = require('../../lib/declare');

Page({ ...page, data: () => ({ ...page.data }) }); // an object would be shared by all openings
