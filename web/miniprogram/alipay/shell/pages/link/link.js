const page = require('../../lib/link');

Page({ ...page, data: () => ({ ...page.data }) }); // an object would be shared by all openings
