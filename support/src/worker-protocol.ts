/** What a worker can be asked to do, by name. Inputs and outputs travel as structured clones. */
export type Handlers = Readonly<Record<string, (...input: never[]) => unknown>>;

/** What a worker tells unasked: the data of each event, by name. */
export type Events = Readonly<Record<string, unknown>>;

/** A request, to the worker. */
export interface Request {
  readonly id: number;
  readonly name: string;
  readonly input: readonly unknown[];
}

/** What the worker says. */
export type Message =
  | { readonly kind: 'ready' }
  | { readonly kind: 'output'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'event'; readonly name: string; readonly data: unknown };

/** An error's own words: a structured clone of an error keeps neither its class nor its code. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
}
