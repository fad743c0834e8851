const page = require('../../lib/home');

Page({ ...page, data: () => ({ ...page.data }) }); // an object would be shared by all openings
