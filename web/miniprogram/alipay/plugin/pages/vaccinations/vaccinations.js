const page = require('../../lib/vaccinations');

Page({ ...page, data: () => ({ ...page.data }) }); // an object would be shared by all openings
