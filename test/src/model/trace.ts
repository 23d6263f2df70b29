import type { Action } from './action.js';
import type { Violation } from './explore.js';
import type { Shape } from './shape.js';
import type { Specimen } from './specimen.js';
import { World } from './world.js';

/** A violation as a person reads it: each step of the way to it, and what it breaks. */
export function trace(shape: Shape, specimen: Specimen, { law, actions }: Violation): string {
  const world = new World(shape, specimen);
  const lines = actions.map((action, index) => {
    const text = describe(world, action);
    world.take(action);
    return `${String(index + 1).padStart(4)}  ${text}`;
  });
  world.discard();
  return [...lines, `      ✖ ${law}`].join('\n');
}

/** To be called before the action is taken. */
function describe(world: World, { kind, party: index, place }: Action): string {
  if (kind === 'pass') return `time passes, from ${round(world.now)} to ${round(world.next)} ms`;
  const party = world.parties[index];
  if (party === undefined) throw new Error(`There is no locker ${index}.`);
  const { name, session, calls } = party;
  const request = session.requests[place];
  const operation = request === undefined ? '' : wordsOf(request.operation);
  const message = session.messages[0];
  switch (kind) {
    case 'acquire':
      return `${name} asks for lock-${place}`;
    case 'abort':
    case 'renew':
    case 'release':
      return `${name}: ${kind} of ${calls[place]?.lock}`;
    case 'crash':
      return `the process of ${name} dies`;
    case 'wake':
      return `the timer of ${name} rings`;
    case 'serve':
      return `the server applies ${operation}`;
    case 'answer':
      return `${name} is answered ${operation}: ${request?.outcome?.kind}`;
    case 'cut':
      return `the connection breaks before ${name} is answered ${operation}`;
    case 'restore':
      return `${name} is connected again`;
    case 'subscribe':
      return `the server takes note of the subscription of ${name}`;
    case 'hear':
      return message?.kind === 'grant'
        ? `${name} hears that ${message.grant.token} has ${message.grant.key}`
        : `${name} hears that its subscription stands`;
    case 'break':
      return `the wake channel of ${name} breaks`;
    case 'notice':
      return `the server notices that nobody listens at the channel of ${name}`;
  }
}

function wordsOf(operation: { readonly kind: string; readonly key: string }): string {
  const token = 'token' in operation ? ` for ${String(operation.token)}` : '';
  return `${operation.kind}${token}`;
}

function round(time: number): number {
  return Math.round(time * 10) / 10;
}
