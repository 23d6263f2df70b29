/** Which method an error is about. */
export interface Label {
  /** The class that declares the method. Standard decorators are not told: it is known by calls. */
  readonly className: string | undefined;
  readonly methodName: string | symbol;
}

/** `Invoices.charge`, as it stands in an error message; `self` is what the method was called on. */
export function nameOf({ className, methodName }: Label, self?: unknown): string {
  const owner = className ?? classNameOf(self);
  if (typeof methodName === 'symbol') return `${owner ?? ''}[${String(methodName)}]`;
  return owner === undefined ? methodName : `${owner}.${methodName}`;
}

/** Adds to the `TypeError` or `RangeError` of what parses an option which method it is about. */
export function withLabel<T>(label: Label, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    error.message = `@Locked on ${nameOf(label)}: ${error.message}`;
    throw error;
  }
}

/** The name of a class, or of the class of an object; undefined if there is none. */
export function classNameOf(self: unknown): string | undefined {
  if (typeof self !== 'object' && typeof self !== 'function') return undefined;
  const owner: unknown = typeof self === 'function' ? self : self?.constructor;
  return typeof owner === 'function' && owner.name !== '' ? owner.name : undefined;
}

/** A value as it stands in an error message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty string' : `'${value}'`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null)
    return `an object (${classNameOf(value) ?? '?'})`;
  if (typeof value === 'function') return 'a function';
  return String(value);
}
