Page(require('../../lib/name'));
