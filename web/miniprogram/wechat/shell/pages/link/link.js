Page(require('../../lib/link'));
