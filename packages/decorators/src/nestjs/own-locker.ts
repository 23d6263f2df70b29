/** The injection token of a module's locker inside that module, whatever its name is. */
export const OWN_LOCKER: unique symbol = Symbol('holdfast:own-locker');
