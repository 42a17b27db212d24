// What Debian's /etc/lighttpd/lighttpd.conf has before the file of docs/deploy.md, as far as it matters.
import { adapted } from '../support/page.mjs';

const before = ({ folder, ports: [port] }) => `server.modules = ("mod_access", "mod_alias", "mod_redirect")
server.document-root = "${folder}"
server.upload-dirs = ("${folder}")
server.bind = "127.0.0.1"
server.port = ${port}
server.feature-flags += ("server.h2proto" => "enable")
server.feature-flags += ("server.h2c" => "enable")
server.feature-flags += ("server.graceful-shutdown-timeout" => 5)
server.http-parseopts = ("header-strict" => "enable", "host-strict" => "enable", "host-normalize" => "enable",
  "url-normalize-unreserved" => "enable", "url-normalize-required" => "enable", "url-ctrls-reject" => "enable",
  "url-path-2f-decode" => "enable", "url-path-dotseg-remove" => "enable")
`;

export default {
  title: 'lighttpd 1.4.69',
  program: 'usr/sbin/lighttpd',
  files: (place) => ({
    'lighttpd.conf': before(place) + adapted('/etc/lighttpd/conf-available/50-rotacast.conf', place, {
      '":443"': `"127.0.0.1:${place.port}"`,
      '"port" => 8080': `"port" => ${place.backend.split(':')[1]}`,
    }),
  }),
  first: (place) => ({
    'lighttpd.conf': `${before(place)}server.modules += ("mod_openssl", "mod_proxy")
$SERVER["socket"] == "127.0.0.1:${place.port}" {
  ssl.engine = "enable"
  ssl.pemfile = "${place.certificate}"
  ssl.privkey = "${place.key}"
  proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${place.backend.split(':')[1]})))
  proxy.header = ("upgrade" => "enable")
}
`,
  }),
  start: ({ file, root }) => ['-D', '-f', file('lighttpd.conf'), '-m', `${root}/usr/lib/lighttpd`],
  reload: () => 'SIGUSR1',
  measured: {
    websocket: 'yes', websocketOverHttp2: 'yes', streams: 'yes', login: 'yes', address: 'yes', refusal: '401', restart: '503', reload: '1006',
  },
  atFirst: { websocket: 'yes', streams: 'no', login: 'pages only', address: 'no', refusal: '401' },
};
