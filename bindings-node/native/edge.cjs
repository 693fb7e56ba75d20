'use strict';
// What runtimes that cannot load an addon get: an error that says so.

throw Object.assign(
  new Error(
    'grantmint has a native half, which edge runtimes and Cloudflare Workers cannot load. Run this code on ' +
      "Node.js; in a route of Next.js set runtime = 'nodejs'",
  ),
  { code: 'ERR_GRANTMINT_UNSUPPORTED', reason: 'NO_ADDONS' },
);
