const page = require('../../lib/web');

Page({ ...page, data: () => ({ ...page.data }) }); // an object would be shared by all openings
