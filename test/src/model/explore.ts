import type { Action } from './action.js';
import { choices, deliveries } from './choices.js';
import { ending } from './ending.js';
import { forgetHistories } from './history.js';
import { broken } from './laws.js';
import type { Shape } from './shape.js';
import type { Specimen } from './specimen.js';
import { World } from './world.js';

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Fair endings that were played to their end. */
  readonly endings: number;
  /** Steps of the longest way to a state. */
  readonly depth: number;
  readonly violation: Violation | undefined;
}

export interface Violation {
  readonly law: string;
  readonly actions: readonly Action[];
}

/** A state by the shortest way that leads to it. */
interface Node {
  readonly parent: Node | undefined;
  readonly action: Action | undefined;
  readonly depth: number;
}

/** `nearest`: states in the order of their distance; `deepest`: several times as fast. */
export type Order = 'nearest' | 'deepest';

/**
 * Takes every choice in every state. Nearest first, the first violation has the shortest trace.
 * An engine cannot be copied, so a way is walked anew from the beginning; deepest first, it is
 * mostly gone on with.
 */
export function explore(shape: Shape, specimen: Specimen, order: Order): Exploration {
  forgetHistories();
  const seen = new Set<string>();
  const { begin = [] } = shape;
  const frontier: Node[] = [beginning(begin)];
  let transitions = 0;
  let endings = 0;
  let depth = 0;
  let violation: Violation | undefined;
  /** The world of the node that was put on the frontier last. */
  let kept: World | undefined = walk(shape, specimen, begin);
  seen.add(kept.state());

  while (frontier.length > 0 && violation === undefined) {
    const node = (order === 'deepest' ? frontier.pop() : frontier.shift()) as Node;
    const way = wayTo(node);
    let world: World | undefined = kept ?? walk(shape, specimen, way);
    kept = undefined;
    const actions = choices(world);
    if (deliveries(world, world.active).length === 0) {
      endings += 1;
      violation = violationAtEnd(world, way);
      world.discard();
      world = undefined;
    }
    for (const action of violation === undefined ? actions : []) {
      world ??= walk(shape, specimen, way);
      world.take(action);
      transitions += 1;
      const law = broken(world);
      const state = world.state();
      if (law !== undefined) violation = { law, actions: [...way, action] };
      else if (!seen.has(state)) {
        seen.add(state);
        depth = Math.max(depth, node.depth + 1);
        frontier.push({ parent: node, action, depth: node.depth + 1 });
        kept?.discard();
        kept = order === 'deepest' ? world : undefined;
      }
      if (world !== kept) world.discard();
      world = undefined;
    }
    world?.discard();
  }
  kept?.discard();
  return { states: seen.size, transitions, endings, depth, violation };
}

function beginning(actions: readonly Action[]): Node {
  let node: Node = { parent: undefined, action: undefined, depth: 0 };
  for (const action of actions) node = { parent: node, action, depth: node.depth + 1 };
  return node;
}

function violationAtEnd(world: World, way: readonly Action[]): Violation | undefined {
  const actions = [...way];
  const law = ending(world, (action) => actions.push(action));
  return law === undefined ? undefined : { law, actions };
}

function walk(shape: Shape, specimen: Specimen, way: readonly Action[]): World {
  const world = new World(shape, specimen);
  for (const action of way) world.take(action);
  return world;
}

function wayTo(node: Node): Action[] {
  const way: Action[] = [];
  for (let at = node; at.action !== undefined && at.parent !== undefined; at = at.parent)
    way.push(at.action);
  return way.toReversed();
}
