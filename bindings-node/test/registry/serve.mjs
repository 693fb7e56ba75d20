// A registry of npm packages for one test: node serve.mjs FOLDER
// It listens on loopback, prints its port, knows no other registry, and lets everybody publish.

import { join } from 'node:path';
import { runServer } from 'verdaccio';

const folder = process.argv[2];
const everybody = { access: '$all', publish: '$all' };
const server = await runServer({
  self_path: folder,
  storage: join(folder, 'storage'),
  auth: { htpasswd: { file: join(folder, 'htpasswd') } },
  uplinks: {},
  packages: { '@grantmint/*': everybody, grantmint: everybody },
  web: { enable: false },
  log: { type: 'stdout', level: 'error' },
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
