// Next.js of today, whose builds are Turbopack's unless it is told otherwise.

import { standalone } from '../next-app.mjs';

export const cells = {
  'Next.js 16 standalone': (out) => standalone(out, 'turbopack', {}, []),
  'Next.js 16 standalone, webpack': (out) => standalone(out, 'webpack', {}, ['--webpack']),
};
