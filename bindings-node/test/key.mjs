// By itself, as workers load little.

import { ApiKey } from 'grantmint';

/** The emulator's built-in key. */
export const KEY = [
  'ACde300000000000000000000000000000',
  'SKde300000000000000000000000000000',
  'not-a-secret-emulator-demo-key-0',
];
export const STREAMER = 'VJ00000000000000000000000000000001';

export const key = () => new ApiKey(...KEY);
