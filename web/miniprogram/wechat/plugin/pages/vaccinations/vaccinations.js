Page(require('../../lib/vaccinations'));
