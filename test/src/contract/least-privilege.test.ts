import { createClient } from 'redis';
import { LEAST_PRIVILEGE } from './acl.js';
import { redisGround } from './redis-ground.js';
import { contractSuite } from './suite.js';

contractSuite('locks in Redis, as a user with no more rights than needed', () =>
  redisGround(async ({ url, port }) => {
    const admin = createClient({ url });
    await admin.connect();
    await admin.aclSetUser('worker', ['on', '>secret', ...LEAST_PRIVILEGE.split(' ')]);
    admin.destroy();
    return { where: { url: `redis://worker:secret@127.0.0.1:${port}` } };
  }),
);
