// The file of docs/deploy.md; only where it writes is added.
import { adapted } from '../support/page.mjs';

const before = ({ folder, root }) => `pid_filename ${folder}/pid
cache_log ${folder}/log
access_log none
coredump_dir ${folder}
mime_table ${root}/usr/share/squid/mime.conf
icon_directory ${root}/usr/share/squid/icons
error_directory ${root}/usr/share/squid/errors/en
err_page_stylesheet ${root}/etc/squid/errorpage.css
logfile_daemon ${root}/usr/lib/squid/log_file_daemon
unlinkd_program ${root}/usr/lib/squid/unlinkd
pinger_enable off
shutdown_lifetime 0 seconds
`;

export default {
  title: 'Squid 5.7',
  program: 'usr/sbin/squid',
  unprivileged: true,
  files: (place) => ({
    'squid.conf': before(place) + adapted('/etc/squid/squid.conf', place, {
      'https_port 443': `https_port 127.0.0.1:${place.port}`,
      'cache_peer 127.0.0.1 parent 8080': `cache_peer 127.0.0.1 parent ${place.backend.split(':')[1]}`,
    }),
  }),
  first: (place) => ({
    'squid.conf': `${before(place)}https_port 127.0.0.1:${place.port} accel defaultsite=localhost tls-cert=${place.certificate} tls-key=${place.key}
cache_peer 127.0.0.1 parent ${place.backend.split(':')[1]} 0 no-query originserver
http_access allow all
http_upgrade_request_protocols websocket allow all
`,
  }),
  start: ({ file, port }) => ['--foreground', '-Y', '-C', '-n', `rota${port}`, '-f', file('squid.conf')],
  reload: () => 'SIGHUP',
  measured: {
    websocket: 'yes', websocketOverHttp2: 'no HTTP/2', streams: 'yes', login: 'yes', address: 'yes', refusal: '401', restart: '503', reload: 'stay',
  },
  atFirst: { websocket: 'yes', streams: 'no', login: 'pages only', address: 'no', refusal: '401' },
};
