import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  AcquireTimeoutError,
  isLockLost,
  LockerClosedError,
  LockLostError,
  RedisUnreachableError,
} from '@holdfast/core';

const loss = new LockLostError('order:42', 'gone', 7);

/** As the compiler and the runtimes make them, each in its own way. */
function suppressing(error: unknown, suppressed: unknown): Error {
  return Object.assign(new Error('', {}), { name: 'SuppressedError', error, suppressed });
}

const other = new Error('the card was refused');

suite('isLockLost', () => {
  const yes: Readonly<Record<string, unknown>> = {
    'the loss itself': loss,
    'one with a cause': loss.withCause(other),
    'a cause': new Error('no receipt', { cause: loss }),
    'a cause of a cause': new Error('no receipt', { cause: new Error('', { cause: loss }) }),
    'an abort with a cause': new DOMException('aborted', {
      name: 'AbortError',
      cause: loss,
    } as never),
    'an abort with a reason': Object.assign(new Error('aborted'), { reason: loss }),
    'a block that lost its lock': suppressing(loss, other),
    'a block around one that did': suppressing(other, suppressing(loss, other)),
    'an error of a block that was aborted': suppressing(other, loss),
    'one of several': new AggregateError([other, suppressing(other, loss)]),
    'a cause of an aggregate': new AggregateError([], '', { cause: loss }),
    'no error, but a cause': { cause: loss },
  };
  for (const [shape, error] of Object.entries(yes)) {
    test(`knows ${shape}`, () => assert.equal(isLockLost(error), true));
  }

  const no: Readonly<Record<string, unknown>> = {
    'another error': other,
    'a busy lock': new AcquireTimeoutError('order:42', 5, 1_000),
    'a closed locker': new LockerClosedError(),
    'an unreachable server': new RedisUnreachableError('redis://localhost', 'is silent', other),
    'an abort of a caller': AbortSignal.abort().reason,
    'a block with another error': suppressing(other, other),
    'a look-alike': Object.assign(new Error('lost'), { name: 'LockLostError', code: 'LOCK_LOST' }),
    nothing: undefined,
    null: null,
    'a string': 'LOCK_LOST',
    'a function': () => loss,
  };
  for (const [shape, error] of Object.entries(no)) {
    test(`says no to ${shape}`, () => assert.equal(isLockLost(error), false));
  }

  test('comes to an end in circles and in any depth', () => {
    const circle = suppressing(other, undefined) as Error & { suppressed: unknown };
    circle.suppressed = new AggregateError([circle, new Error('', { cause: circle })]);
    assert.equal(isLockLost(circle), false);
    circle.suppressed = new AggregateError([circle, loss]);
    assert.equal(isLockLost(circle), true);

    let looks = 0;
    const endless = (): object => ({
      get cause() {
        looks += 1;
        return endless();
      },
    });
    assert.equal(isLockLost(endless()), false);
    assert.ok(looks < 10_000, `${looks} looks`);
    assert.equal(isLockLost(new AggregateError(Array.from({ length: 100_000 }, endless))), false);
  });

  test('never throws, and goes on beside what cannot be looked at', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const trap = Object.defineProperty({}, 'cause', {
      get: () => assert.fail('sprung'),
    });
    for (const hostile of [proxy, trap]) {
      assert.equal(isLockLost(hostile), false);
      assert.equal(isLockLost(suppressing(hostile, loss)), true);
    }
  });

  test('is a callback for lists', () => {
    assert.deepEqual([other, loss, null].filter(isLockLost), [loss]);
  });
});

test('a loss with a cause leaves the loss as it is', () => {
  const told = loss.withCause(other);
  assert.notEqual(told, loss);
  assert.equal(told.cause, other);
  assert.ok(!('cause' in loss));
  const { lockName, reason, fencingToken, message } = loss;
  assert.deepEqual(
    [told.lockName, told.reason, told.fencingToken, told.message],
    [lockName, reason, fencingToken, message],
  );
});
