import type { Action } from './action.js';
import type { Violation } from './explore.js';
import type { Party } from './party.js';
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
function describe(world: World, action: Action): string {
  const { reaction, slot } = action;
  const before = slot === undefined ? '' : `the slot ${slot}${slot === 'leaves' ? '' : ' along'}; `;
  const meanwhile = reaction === undefined ? '' : `; who is called back meanwhile: ${reaction}`;
  return before + whatHappens(world, action) + meanwhile;
}

function whatHappens(world: World, { kind, party: index, place }: Action): string {
  const { name, session, calls } = world.parties[index] as Party;
  const request = session.requests[place];
  const operation = request === undefined ? '' : wordsOf(request.operation);
  const letter = world.letters[place];
  const message = kind === 'hear' ? session.wake.find(place).messages[0] : undefined;
  switch (kind) {
    case 'acquire':
      return `${name} asks for lock-${place}`;
    case 'acquire all': {
      const locks = world.shape.sets?.[index] ?? [];
      return `${name} asks for ${locks.map((lock) => `lock-${lock}`).join(' and ')}`;
    }
    case 'abort':
    case 'renew':
    case 'release':
    case 'hand over':
    case 'share':
      return `${name}: ${kind} of ${calls[place]?.lock}`;
    case 'force':
      return `${name} takes lock-${place} from whoever has it`;
    case 'adopt':
      return `${name} adopts ${letter?.key} of ${letter?.token}`;
    case 'close':
      return `${name} is closed`;
    case 'crash':
      return `the process of ${name} dies`;
    case 'wake':
      return `the timer of ${name} rings`;
    case 'send':
      return `${name} sends ${operation}`;
    case 'serve':
      return `the ${request?.server === world.former?.server ? 'former ' : ''}server applies ${operation}`;
    case 'answer':
      return `${name} is answered ${operation}: ${request?.outcome?.kind}`;
    case 'cut':
      return `the connection breaks before ${name} is answered ${operation}`;
    case 'unsent':
      return `${operation} never leaves the process of ${name}`;
    case 'refuse':
      return `the server refuses ${operation} for now`;
    case 'reconnect':
    case 'restore':
      return `${name} is connected again`;
    case 'subscribe':
      return `the server takes note of the subscription of ${name}`;
    case 'hear':
      if (message?.kind === 'moved') return `${name} hears that its subscription has ended`;
      return message?.kind === 'grant'
        ? `${name} hears that ${message.grant.token} has ${message.grant.key}`
        : `${name} hears that its subscription stands`;
    case 'break':
      return `the wake channel of ${name} breaks`;
    case 'drop':
      return `the server loses the wake channel of ${name}, without a word`;
    case 'deafen':
      return `nothing comes on the wake channel of ${name} any more, and nobody knows`;
    case 'notice':
      return `the server notices that nobody listens at the channel of ${name}`;
    case 'fail over':
      return 'master and replica change places';
    case 'move':
    case 'arrive':
      return 'the other master serves the slot';
    case 'promote':
      return 'a replica takes the place of the master, which goes on';
    case 'learn':
      return `${name} learns of the new master`;
    case 'lose':
      return `the server comes up as another, with the first ${place} operations`;
    case 'flush':
      return 'the server loses all';
    case 'return':
      return 'the first server is promoted again, with what it had';
    case 'pass':
      return `time passes, from ${round(world.now)} to ${round(world.next)} ms`;
  }
}

function wordsOf(operation: { readonly kind: string; readonly key: string }): string {
  const token = 'token' in operation ? ` of ${operation.key} for ${String(operation.token)}` : '';
  return `${operation.kind}${token}`;
}

function round(time: number): number {
  return Math.round(time * 10) / 10;
}
