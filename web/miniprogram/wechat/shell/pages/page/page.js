Page(require('../../lib/web'));
