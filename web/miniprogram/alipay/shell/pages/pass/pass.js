const page = require('../../lib/show');

Page({ ...page, data: () => ({ ...page.data }) }); // an object would be shared by all openings
