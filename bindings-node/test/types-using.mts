// Compiled, not run: what a block ends by itself, in the compilers that know `using`.

import { ApiKey, GrantCache, PlaybackMinter } from 'grantmint';

{
  using scoped = new PlaybackMinter(ApiKey.fromEnv());
  scoped.prefetch('VJ');
  const begun = new GrantCache().begin('k');
  using ticket = begun.ticket;
  using waiter = begun.waiter;
  ticket?.start();
  waiter?.tryResult();
}
