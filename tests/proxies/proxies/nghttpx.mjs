// The file of docs/deploy.md; only its own number of workers is added.
import { adapted } from '../support/page.mjs';

export default {
  title: 'nghttpx 1.52.0',
  program: 'usr/sbin/nghttpx',
  headers: 'forwarded',
  files: (place) => ({
    'nghttpx.conf': adapted('/etc/nghttpx/nghttpx.conf', place, {
      'frontend=*,443': `frontend=127.0.0.1,${place.port}`,
      'backend=127.0.0.1,8080': `backend=${place.backend.replace(':', ',')}`,
    }),
  }),
  first: (place) => ({
    'nghttpx.conf': `frontend=127.0.0.1,${place.port}
backend=${place.backend.replace(':', ',')}
private-key-file=${place.key}
certificate-file=${place.certificate}
`,
  }),
  start: ({ file }) => [`--conf=${file('nghttpx.conf')}`, '--accesslog-file=/dev/null'],
  reload: () => 'SIGHUP',
  measured: {
    websocket: 'yes', websocketOverHttp2: 'yes', streams: 'yes', login: 'yes', address: 'yes', refusal: '401', restart: '502', reload: 'stay',
  },
  atFirst: { websocket: 'yes', streams: 'yes', login: 'pages only', address: 'no', refusal: '401' },
};
