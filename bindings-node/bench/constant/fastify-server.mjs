// Fastify with answers that are always the same: what the example with Fastify is measured beside.

import fastify from 'fastify';

const app = fastify();
JSON.parse(process.env.ANSWERS).forEach((answer, place) => app.get(`/${place}`, async () => answer));
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
