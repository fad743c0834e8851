Page(require('../../lib/home'));
