/** Of the rights below, those that only shared and limited locks need, or who looks at locks. */
export const OF_ROOMS = '+hmget +hset +hdel +hlen +zmscore +zcard +pexpireat +unlink';
export const OF_SHOWING = '+scan +zcount';

/**
 * The smallest rights under which everything works with the default key prefix, as they stand in
 * the README.
 */
export const LEAST_PRIVILEGE: string = [
  '~lock:* ~holdfast:* &holdfast:wake:*',
  '+evalsha +script|load +ssubscribe +spublish +pubsub|shardnumsub +time +exists +type',
  '+get +mget +set +del +pexpire +pttl +zadd +zrange +zrem +zscore',
  OF_ROOMS,
  OF_SHOWING,
].join(' ');

/** The same in a cluster. */
export const LEAST_PRIVILEGE_IN_A_CLUSTER: string = [
  LEAST_PRIVILEGE.replace('&holdfast:wake:*', '&holdfast:{*}:wake:*'),
  '+cluster|slots +cluster|myid +asking',
].join(' ');
