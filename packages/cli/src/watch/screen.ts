import { print } from '../output/print.js';

/** In columns and lines. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Where the view is drawn. */
export interface Screen extends Disposable {
  readonly size: Size;
  /** Instead of what was drawn before. */
  draw(text: string): void;
}

/** Where nobody says how large it may be: a file or a pipe. */
const PAGE: Size = { columns: 120, rows: 40 };

/** A terminal, in which each picture replaces the last; elsewhere they come one below the other. */
export async function openScreen(): Promise<Screen> {
  const { stdout } = process;
  if (!stdout.isTTY) {
    return { size: PAGE, draw: (text) => print(`${text}\n`), [Symbol.dispose]() {} };
  }
  const { default: logUpdate } = await import('log-update');
  return {
    get size() {
      return { columns: stdout.columns, rows: stdout.rows };
    },
    draw: logUpdate,
    [Symbol.dispose]: () => logUpdate.done(),
  };
}
