// The file of docs/deploy.md; only where Caddy is administered, and that it leaves port 80 alone, is added.
import { adapted } from '../support/page.mjs';

const before = ({ ports: [admin] }) => `{
  admin 127.0.0.1:${admin}
  auto_https disable_redirects
}
`;

export default {
  title: 'Caddy 2.6.2',
  program: 'usr/bin/caddy',
  files: (place) => ({
    Caddyfile: before(place) + adapted('/etc/caddy/Caddyfile', place, {
      'rota.example {': `https://localhost:${place.port} {\n    bind 127.0.0.1`,
    }),
  }),
  first: (place) => ({
    Caddyfile: `${before(place)}https://localhost:${place.port} {
  bind 127.0.0.1
  tls ${place.certificate} ${place.key}
  reverse_proxy ${place.backend}
}
`,
  }),
  start: ({ file }) => ['run', '--config', file('Caddyfile')],
  environment: ({ folder }) => ({ XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }),
  reload: ({ file }) => [{ program: 'usr/bin/caddy', args: ['reload', '--config', file('Caddyfile'), '--force'] }],
  measured: {
    websocket: 'yes', websocketOverHttp2: 'no', streams: 'yes', login: 'yes', address: 'yes', refusal: '401 or cut', restart: 'waits', reload: '1001, streams stay',
  },
  atFirst: { websocket: 'yes', streams: 'yes', login: 'pages only', address: 'no', refusal: '401 or cut' },
};
