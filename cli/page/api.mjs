// Calls of this page's own server. The key is in this tab's memory for the session, and nowhere else.

const KEY = 'key';
const ENDED = 'The session has ended: press Enter in the terminal for a new link.';
const GONE = 'grantmint page has ended: start it again.';

/** Why a call has no result. */
export class Problem extends Error {
  constructor({ code, message, field }, status) {
    super(message);
    Object.assign(this, { code, field, status });
  }
}

/** Takes the code out of the address before anything else, and swaps it for the session's key. */
export async function openSession() {
  const code = /^#k=([\w-]+)$/.exec(location.hash)?.[1];
  if (!code) return sessionStorage.getItem(KEY) !== null;
  history.replaceState(null, '', '/');
  sessionStorage.removeItem(KEY);
  const { key } = await send('/api/session', { code });
  sessionStorage.setItem(KEY, key);
  return true;
}

export function call(path, body = {}) {
  return send(`/api/${path}`, body, { Authorization: `Bearer ${sessionStorage.getItem(KEY) ?? ''}` });
}

async function send(path, body, headers = {}) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
  }).catch(() => {
    throw new Problem({ code: 'gone', message: GONE }, 0);
  });
  const result = await answer.json();
  if (answer.ok) return result;
  if (answer.status === 401) throw new Problem({ code: 'ended', message: ENDED }, 401);
  throw new Problem(result.error, answer.status);
}
