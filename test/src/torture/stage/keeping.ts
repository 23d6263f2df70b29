/** A server that has told somebody of a write has it on its disk. */
export const DURABLE: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** As most servers are run: in time, a second, or two, can be lost. */
export const FORGETFUL: readonly string[] = [
  ['--appendonly', 'yes', '--appendfsync', 'everysec'],
  // A snapshot every other second.
  ['--save', '2 1'],
].flat();

/** Where Redis keeps what it appends, in its folder. */
export const APPENDED = 'appendonlydir';
