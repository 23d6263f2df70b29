/** A locker that is to listen, and does not get there at once. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Failure } from '../../../packages/core/dist/store/port.js';
import { RedisUnreachableError } from '../../../packages/core/dist/errors.js';
import { Rig } from './rig.js';

const cut: Failure = { kind: 'not sent', error: new RedisUnreachableError('scripted', 'is gone') };

suite('a locker that is to listen, and cannot', () => {
  test('tries again until it does, and then no more', async () => {
    await using rig = new Rig();
    const { engine, line } = await rig.party();
    line.nextListen(cut, cut, cut);
    await engine.listen();
    assert.equal(line.listening, false);
    await rig.clock.advance(1_000);
    assert.equal(line.listening, true);
    assert.equal(line.listens, 4);
    await rig.clock.advance(60_000);
    assert.equal(line.listens, 4);
  });

  test('tries one at a time, however many want it, and seldom if it takes long', async () => {
    await using rig = new Rig();
    const { engine, line } = await rig.party();
    line.nextListen(...Array.from({ length: 1_000 }, () => cut));
    await Promise.all([engine.listen(), engine.listen(), engine.listen()]);
    await rig.clock.advance(60_000);
    assert.ok(line.listens > 30 && line.listens < 60, `${line.listens} tries in a minute`);
  });

  test('tries no more once it is closed, and leaves no timer behind', async () => {
    await using rig = new Rig();
    const { engine, line, locker } = await rig.party();
    line.nextListen(...Array.from({ length: 1_000 }, () => cut));
    await engine.listen();
    await rig.clock.advance(100);
    await locker.close();
    const { listens } = line;
    await rig.clock.advance(60_000);
    assert.ok(line.listens <= listens + 1);
    assert.equal(rig.clock.timers, 0);
  });
});
