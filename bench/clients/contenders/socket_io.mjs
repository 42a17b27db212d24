// npm socket.io with connection state recovery, which keeps packets for clients that return. Its
// middleware runs for them too, because tokens are checked.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { isValid } from '../token.mjs';

export const title = 'socket.io, connection state recovery';

export async function serve({ secret }) {
  const http = createServer();
  const server = new Server(http, {
    connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: false },
  });
  server.use((socket, next) =>
    next(isValid(socket.handshake.auth.token, secret) ? undefined : new Error('token_invalid')));
  server.on('connection', (socket) => socket.join('schedule'));
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: http.address().port,
    publish: (events) => events.forEach((event) => server.to('schedule').emit('event', event)),
  };
}

export function connect({ port, token, received }) {
  const socket = io(`http://127.0.0.1:${port}`, { auth: (give) => give({ token: token() }) });
  socket.on('event', received);
}
