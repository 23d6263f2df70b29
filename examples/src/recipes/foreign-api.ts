import type { Locker } from '@holdfast/core';

/** What the API allows to one customer: so much under way at the same time. */
const LIMIT = 5;

export interface Request<T> {
  /** How much of the limit it takes. Default 1. */
  readonly weight?: number;
  send(signal: AbortSignal): Promise<T>;
}

/** Calls the API when all processes together have room for it. */
export function callApi<T>(locker: Locker, { weight = 1, send }: Request<T>): Promise<T> {
  const options = { limit: LIMIT, weight, ttl: '10s', waitTimeout: '30s' } as const;
  return locker.using('api:geocoder', options, ({ signal }) => send(signal));
}
