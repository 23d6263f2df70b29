import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockKeySuite } from './lock-key-suite.js';

test('reflect-metadata is not loaded by the package', () => {
  assert.equal('defineMetadata' in Reflect, false);
});

lockKeySuite('@LockKey without reflect-metadata');
