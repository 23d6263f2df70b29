import { type Label, nameOf } from '../label.js';

/**
 * What a method returned, if it is no generator.
 *
 * @throws {TypeError} if it is one: its work would begin when the lock has been given back.
 */
export function refuseGenerator(result: unknown, label: Label, self: unknown): unknown {
  const kind = Object.prototype.toString.call(result);
  if (kind !== '[object AsyncGenerator]' && kind !== '[object Generator]') return result;
  throw new TypeError(
    `@Locked on ${nameOf(label, self)}: it returned a generator, whose work would not be locked.`,
  );
}
