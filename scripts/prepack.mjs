// Runs before a package is packed. Only pnpm turns `catalog:` and `workspace:` into versions: what npm
// and yarn make of these packages cannot be installed.
import { existsSync } from 'node:fs';
import { env, exit } from 'node:process';

const { npm_config_user_agent: agent = '', npm_package_name: name = 'this package' } = env;

if (!agent.startsWith('pnpm/')) {
  stop(`${name}: only pnpm can pack and publish it, because its dependencies are versions of the
workspace. In its folder, instead of npm pack and npm publish:

  npx pnpm pack
  npx pnpm publish`);
}
if (!existsSync('dist/index.js') || !existsSync('dist/index.d.ts')) {
  stop(`${name}: it is not built. In the folder of the repository: npm run build`);
}

/** @param {string} message */
function stop(message) {
  console.error(message);
  exit(1);
}
