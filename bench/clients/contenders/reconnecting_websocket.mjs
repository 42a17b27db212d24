// npm reconnecting-websocket over a server of npm ws that sends to whoever is connected.
import { createServer } from 'node:http';
import ReconnectingWebSocket from 'reconnecting-websocket';
import WebSocket, { WebSocketServer } from 'ws';
import { isValid } from '../token.mjs';

export const title = 'reconnecting-websocket over ws';

export async function serve({ secret }) {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket, request) => {
    socket.on('error', () => {}); // followed by 'close'
    const token = new URL(request.url, 'http://server').searchParams.get('token');
    if (!isValid(token, secret)) socket.close(1008, 'token_invalid');
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: http.address().port,
    publish(events) {
      const texts = events.map((event) => JSON.stringify(event));
      for (const client of server.clients) if (client.readyState === 1) texts.forEach((text) => client.send(text));
    },
  };
}

export function connect({ port, token, received }) {
  const address = async () => `ws://127.0.0.1:${port}/?token=${token()}`;
  const socket = new ReconnectingWebSocket(address, [], { WebSocket });
  socket.addEventListener('message', ({ data }) => received(JSON.parse(data)));
}
