// Next.js, by webpack and by Turbopack.

import { standalone, started } from '../next-app.mjs';

export const cells = {
  'Next.js standalone': (out) => standalone(out, 'webpack', {}, []),
  'Next.js start': async () => started('webpack'),
  'Next.js standalone, Turbopack': (out) => standalone(out, 'turbopack', {}, ['--turbopack']),
  'Next.js standalone, external': (out) =>
    standalone(out, 'external', { serverExternalPackages: ['grantmint'] }, []),
};
