// What Debian's /etc/nginx/nginx.conf has around the file of docs/deploy.md, as far as it matters.
import { adapted } from '../support/page.mjs';

const around = ({ folder }, site) => `${process.getuid() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 2;
pid ${folder}/pid;
error_log stderr notice;
events { worker_connections 768; }
http {
  access_log off;
  gzip on;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  scgi_temp_path ${folder}/scgi;
  uwsgi_temp_path ${folder}/uwsgi;
${site}}
`;

export default {
  title: 'nginx 1.22.1',
  program: 'usr/sbin/nginx',
  files: (place) => ({
    'nginx.conf': around(place, adapted('/etc/nginx/conf.d/rotacast.conf', place, {
      'listen 443 ssl http2': `listen 127.0.0.1:${place.port} ssl http2`,
      '127.0.0.1:8081': `127.0.0.1:${place.ports[0]}`,
    })),
  }),
  first: (place) => ({
    'nginx.conf': around(place, `server {
  listen 127.0.0.1:${place.port} ssl http2;
  ssl_certificate ${place.certificate};
  ssl_certificate_key ${place.key};
  location / {
    proxy_pass http://${place.backend};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection upgrade;
  }
}
`),
  }),
  start: ({ file, folder }) => ['-p', folder, '-e', 'stderr', '-c', file('nginx.conf')],
  reload: () => 'SIGHUP',
  measured: {
    websocket: 'yes', websocketOverHttp2: 'no', streams: 'yes', login: 'yes', address: 'yes', refusal: '401', restart: 'waits', reload: 'stay',
  },
  atFirst: { websocket: 'by token only', streams: 'yes', login: 'no', address: 'no', refusal: '413' },
};
