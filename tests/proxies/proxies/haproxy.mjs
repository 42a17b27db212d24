// Debian's /etc/haproxy/haproxy.cfg, as far as it matters, then the file of docs/deploy.md.
import { adapted } from '../support/page.mjs';

const before = ({ folder }) => `global
  stats socket ${folder}/admin.sock mode 660 level admin
defaults
  mode http
  timeout connect 5000
  timeout client 50000
  timeout server 50000
`;

export default {
  title: 'HAProxy 2.6.12',
  program: 'usr/sbin/haproxy',
  files: (place) => ({
    'haproxy.cfg': before(place) + adapted('/etc/haproxy/haproxy.cfg', place, {
      'bind :443': `bind 127.0.0.1:${place.port}`,
    }),
  }),
  first: (place) => ({
    'haproxy.cfg': `${before(place)}frontend rota
  bind 127.0.0.1:${place.port} ssl crt ${place.both} alpn h2,http/1.1
  default_backend rotacast
backend rotacast
  server rotacast ${place.backend}
`,
  }),
  start: ({ file }) => ['-W', '-f', file('haproxy.cfg')],
  reload: () => 'SIGUSR2',
  measured: {
    websocket: 'yes', websocketOverHttp2: 'yes', streams: 'yes', login: 'yes', address: 'yes', refusal: '401', restart: 'waits', reload: 'stay',
  },
  atFirst: { websocket: 'yes', streams: 'yes', login: 'pages only', address: 'no', refusal: '401' },
};
