/** As in package.json: scripts/version.mjs keeps it. */
export const VERSION = '0.1.0';
