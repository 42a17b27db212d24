// HTTP/2 by Node's own client: event streams, and WebSockets by extended CONNECT (RFC 8441), whose
// frames are those of npm `ws`.
import { once } from 'node:events';
import http2 from 'node:http2';
import tls from 'node:tls';
import { EventStream } from '../../integration/support/event_stream.mjs';
import { withPatience } from '../../integration/support/process.mjs';
import { WebSocket } from './libraries.mjs';

/** A session with the proxy at this URL, and what it allows; undefined if it does not speak HTTP/2. */
export async function openSession(url) {
  const { hostname, port, protocol } = new URL(url);
  if (protocol !== 'https:') return undefined;
  const socket = tls.connect({ host: '127.0.0.1', port, servername: hostname, ALPNProtocols: ['h2', 'http/1.1'] });
  await withPatience(once(socket, 'secureConnect'), 'a handshake');
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    return undefined;
  }
  const session = http2.connect(url, { createConnection: () => socket });
  session.on('error', () => {});
  const [settings] = await withPatience(once(session, 'remoteSettings'), 'the settings of HTTP/2');
  return { session, extendedConnect: settings.enableConnectProtocol === true };
}

/** {status, headers, stream} of a request. */
export async function ask(session, url, headers = {}) {
  const stream = session.request({ ':path': url.pathname + url.search, ...headers });
  stream.on('error', () => {});
  const [answer] = await withPatience(once(stream, 'response'), 'the head of an answer');
  return { status: answer[':status'], headers: answer, stream };
}

export async function openEventStream(session, url, headers) {
  const { status, headers: answer, stream } = await ask(session, url, headers);
  stream.headers = answer;
  return { status, headers: answer, stream: new EventStream(stream) };
}

/** A WebSocket whose texts are read one at a time. */
export class SocketOverHttp2 {
  #texts = [];
  #takers = [];
  #sender;
  #stream;

  static async open(session, url, protocols = []) {
    const socket = new SocketOverHttp2();
    const { status, stream } = await ask(session, url, {
      ':method': 'CONNECT', ':protocol': 'websocket', 'sec-websocket-version': '13', 'sec-websocket-protocol': protocols.join(', '),
      origin: url.origin,
    });
    if (status !== 200) throw new Error(`extended CONNECT was answered with ${status}`);
    const receiver = new WebSocket.Receiver({ isServer: false });
    receiver.on('message', (data) => socket.#arrived(data.toString('utf8')));
    stream.pipe(receiver);
    socket.#stream = stream;
    socket.#sender = new WebSocket.Sender(stream, {});
    return socket;
  }

  #arrived(text) {
    const taker = this.#takers.shift();
    if (taker) taker(text);
    else this.#texts.push(text);
  }

  async nextJson() {
    const text = this.#texts.shift() ?? (await withPatience(new Promise((resolve) => this.#takers.push(resolve)), 'a frame over HTTP/2'));
    return JSON.parse(text);
  }

  send(message) {
    this.#sender.send(JSON.stringify(message), { binary: false, compress: false, fin: true, mask: true }, () => {});
  }

  close() {
    this.#stream.close();
  }
}
