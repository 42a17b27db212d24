// The file of docs/deploy.md, with varnishd's arguments as Debian's unit has them, as far as they matter.
import { adapted } from '../support/page.mjs';

export default {
  title: 'Varnish 7.1.1',
  program: 'usr/sbin/varnishd',
  plain: true,
  files: (place) => ({
    'default.vcl': adapted('/etc/varnish/default.vcl', place, {
      '"8080"': `"${place.backend.split(':')[1]}"`,
    }),
  }),
  first: (place) => ({
    'default.vcl': `vcl 4.1;
backend rotacast { .host = "127.0.0.1"; .port = "${place.backend.split(':')[1]}"; }
sub vcl_recv {
  if (req.http.upgrade ~ "(?i)websocket") { return (pipe); }
}
sub vcl_pipe {
  set bereq.http.upgrade = req.http.upgrade;
  set bereq.http.connection = req.http.connection;
}
`,
  }),
  start: ({ file, folder, port, ports: [admin] }) => ['-F', '-j', 'none', '-a', `127.0.0.1:${port}`, '-T', `127.0.0.1:${admin}`,
    '-n', folder, '-f', file('default.vcl'), '-s', 'malloc,16m'],
  // As /usr/share/varnish/varnishreload does.
  reload: ({ file, folder }) => [['vcl.load', 'again', file('default.vcl')], ['vcl.use', 'again']].map((command) => (
    { program: 'usr/bin/varnishadm', args: ['-n', folder, ...command] })),
  measured: {
    websocket: 'yes', websocketOverHttp2: 'no HTTP/2', streams: 'yes', login: 'yes', address: 'yes', refusal: '401', restart: '503', reload: 'stay',
  },
  atFirst: { websocket: 'yes', streams: 'yes', login: 'yes', address: 'no', refusal: '401' },
};
