const { transform } = require('./jest.config.js');

module.exports = { transform };
