Page(require('../../lib/declare'));
