import { parseArgs } from 'node:util';
import { parseDuration } from '@holdfast/core';

const SCENARIOS = ['locks', 'line', 'lockers'] as const;

export type Scenario = (typeof SCENARIOS)[number];

/** What is to be put under load, and how the outcome is told. */
export interface Settings {
  readonly scenarios: readonly Scenario[];
  readonly locks: number;
  /** Of the locks that are held, in ms. */
  readonly ttl: number;
  readonly waiters: number;
  readonly lockers: number;
  readonly processes: number;
  readonly json: boolean;
  readonly publish: boolean;
}

/** @throws {TypeError | RangeError} for an argument that is none. */
export function parseSettings(args: readonly string[]): Settings {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      locks: { type: 'string', default: '100000' },
      ttl: { type: 'string', default: '30s' },
      waiters: { type: 'string', default: '10000' },
      lockers: { type: 'string', default: '1000' },
      processes: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
    },
  });
  return {
    scenarios: positionals.length === 0 ? SCENARIOS : positionals.map(parseScenario),
    locks: parseCount('locks', values.locks),
    ttl: parseDuration('ttl', values.ttl, 1_000),
    waiters: parseCount('waiters', values.waiters),
    lockers: parseCount('lockers', values.lockers),
    processes: parseCount('processes', values.processes),
    json: values.json,
    publish: values.publish,
  };
}

function parseScenario(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one === name);
  if (scenario !== undefined) return scenario;
  throw new TypeError(`There is no scenario '${name}'; there are ${SCENARIOS.join(', ')}.`);
}

function parseCount(option: string, value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count > 0) return count;
  throw new RangeError(`${option}: '${value}' is not a whole number from 1.`);
}
