// The file of docs/deploy.md.
import { adapted } from '../support/page.mjs';

export default {
  title: 'hitch 1.7.2',
  program: 'usr/sbin/hitch',
  tunnel: true,
  files: (place) => ({
    'hitch.conf': adapted('/etc/hitch/hitch.conf', place, {
      '"[*]:443"': `"[127.0.0.1]:${place.port}"`,
      '"[127.0.0.1]:8080"': `"[127.0.0.1]:${place.backend.split(':')[1]}"`,
    }),
  }),
  start: ({ file }) => [`--config=${file('hitch.conf')}`, ...(process.getuid() === 0 ? ['--user=root'] : [])],
  reload: () => 'SIGHUP',
  measured: {
    websocket: 'yes', websocketOverHttp2: 'no HTTP/2', streams: 'yes', login: 'pages only', address: 'no', refusal: '401 or cut', restart: 'cut', reload: 'stay',
  },
};
