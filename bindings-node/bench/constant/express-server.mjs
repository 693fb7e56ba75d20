// Express with answers that are always the same: what the example with Express is measured beside.

import express from 'express';

const app = express();
JSON.parse(process.env.ANSWERS).forEach((answer, place) => {
  app.get(`/${place}`, (_request, response) => {
    response.json(answer);
  });
});

const server = app.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
