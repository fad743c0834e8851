Page(require('../../lib/code'));
