Page(require('../../lib/show'));
