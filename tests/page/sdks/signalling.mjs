// The servers that the SDKs talk to by WebSocket, as far as it takes to let somebody in or to refuse.

/** A room: `hello` brings the token. */
export function room(socket, judge) {
  let joined;
  socket.onMessage(async (text) => {
    const message = JSON.parse(text);
    if (message.type === 'hello') {
      joined = await judge(message.body.token);
      socket.send(JSON.stringify({ type: 'welcome', negotiatedTimeout: 60000 }));
      const body = joined.status === 200 ? { type: 'iced', ice_servers: [] } : refusal(joined.said);
      socket.send(JSON.stringify({ type: 'msg', body }));
    } else if (message.type === 'msg' && message.body.type === 'connect') {
      socket.send(JSON.stringify({ type: 'msg', body: connected(joined.said) }));
    }
  });
}

/** Voice: `listen` brings the token, and `register` asks for calls. */
export function voice(socket, judge) {
  socket.onMessage(async (text) => {
    if (text === '\n') return;
    const { type, payload } = JSON.parse(text);
    if (type === 'listen') {
      const { status, said } = await judge(payload.token);
      const refused = { type: 'error', payload: { error: { code: said.code, message: said.message } } };
      const welcome = { type: 'connected', payload: { edge: 'ashburn', region: 'us1' } };
      socket.send(JSON.stringify(status === 200 ? welcome : refused));
    } else if (type === 'register') {
      socket.send(JSON.stringify({ type: 'ready', payload: {} }));
    }
  });
}

const refusal = ({ code, message }) => ({ type: 'error', code, message });

const connected = ({ identity, room }) => ({
  type: 'connected',
  session: 'session',
  version: 2,
  sid: `RM${'3'.repeat(32)}`,
  name: room,
  participant: { sid: `PA${'4'.repeat(32)}`, identity, state: 'connected', tracks: [], revision: 0 },
  participants: [],
  published: { revision: 0, tracks: [] },
  peer_connections: [],
  options: { session_timeout: 30, signaling_region: 'us1' },
});
