// What `a2enmod ssl http2 proxy_http headers` and Debian's apache2.conf do, as far as it matters, then
// the file of docs/deploy.md.
import { adapted } from '../support/page.mjs';

const modules = ['mpm_event', 'authz_core', 'socache_shmcb', 'ssl', 'http2', 'proxy', 'proxy_http', 'headers', 'reqtimeout'];

const before = ({ folder, port, root }) => `ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/log
ServerName localhost
Listen 127.0.0.1:${port}
${modules.map((name) => `LoadModule ${name}_module ${root}/usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${process.getuid() === 0 ? 'User www-data\nGroup www-data' : ''}
Timeout 300
KeepAliveTimeout 5
RequestReadTimeout header=20-40,minrate=500 body=10,minrate=500
`;

export default {
  title: 'Apache 2.4.71',
  program: 'usr/sbin/apache2',
  files: (place) => ({
    'apache2.conf': before(place) + adapted('/etc/apache2/sites-available/rotacast.conf', place, {
      'VirtualHost *:443': `VirtualHost 127.0.0.1:${place.port}`,
    }),
  }),
  first: (place) => ({
    'apache2.conf': `${before(place)}<VirtualHost 127.0.0.1:${place.port}>
  Protocols h2 http/1.1
  SSLEngine on
  SSLCertificateFile ${place.certificate}
  SSLCertificateKeyFile ${place.key}
  ProxyPass / http://${place.backend}/ upgrade=websocket
</VirtualHost>
`,
  }),
  start: ({ file }) => ['-f', file('apache2.conf'), '-D', 'FOREGROUND'],
  reload: () => 'SIGUSR1',
  measured: {
    websocket: 'yes', websocketOverHttp2: 'yes', streams: 'yes', login: 'yes', address: 'yes', refusal: '401', restart: '503', reload: 'stay',
  },
  atFirst: { websocket: 'by token only', streams: 'yes', login: 'no', address: 'no', refusal: '401' },
};
