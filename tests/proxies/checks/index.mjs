// The columns of the table in docs/deploy.md, each with what finds out its cell: a function of
// {server, proxy} and the cell that is expected.
import { restart, reload } from './changes.mjs';
import { addresses, logins } from './logins.mjs';
import { refusals } from './requests.mjs';
import { streams } from './streams.mjs';
import { websockets, websocketsOverHttp2 } from './websockets.mjs';

export const COLUMNS = {
  websocket: { title: 'WebSockets', measure: websockets },
  websocketOverHttp2: { title: 'over HTTP/2', measure: websocketsOverHttp2 },
  streams: { title: 'event streams', measure: streams },
  login: { title: 'logins', measure: logins },
  address: { title: 'addresses', measure: addresses },
  refusal: { title: 'refusals', measure: refusals },
  restart: { title: 'server restarts', measure: restart },
  reload: { title: 'proxy reloads', measure: reload },
};
