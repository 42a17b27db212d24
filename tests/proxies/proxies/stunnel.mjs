// The file of docs/deploy.md; it only stays in the foreground.
import { adapted } from '../support/page.mjs';

export default {
  title: 'stunnel 5.68',
  program: 'usr/bin/stunnel4',
  tunnel: true,
  files: (place) => ({
    'stunnel.conf': `foreground = yes\npid =\n${adapted('/etc/stunnel/rota.conf', place, { 'accept = 443': `accept = 127.0.0.1:${place.port}` })}`,
  }),
  start: ({ file }) => [file('stunnel.conf')],
  reload: () => 'SIGHUP',
  measured: {
    websocket: 'yes', websocketOverHttp2: 'no HTTP/2', streams: 'yes', login: 'pages only', address: 'no', refusal: '401', restart: 'cut', reload: 'stay',
  },
};
