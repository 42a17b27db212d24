// The lines of docs/deploy.md added to Debian's files of the same names, and a folder of its own.
import fs from 'node:fs';
import { adapted } from '../support/page.mjs';

const debians = (place, name) => fs.readFileSync(`${place.root}/etc/trafficserver/${name}`, 'utf8');

function files(place, records = adapted('/etc/trafficserver/records.config', place, { 'STRING 443:ssl': `STRING ${place.port}:ssl:ip-in=127.0.0.1` })) {
  const added = records.split('\n').map((line) => line.split(' ')[1]).filter(Boolean);
  const kept = debians(place, 'records.config').split('\n').filter((line) => !added.includes(line.split(' ')[1]) && !line.includes('admin.user_id'));
  return {
    'etc/records.config': [
      ...kept, records, `CONFIG proxy.config.body_factory.template_sets_dir STRING ${place.root}/etc/trafficserver/body_factory`, '',
    ].join('\n'),
    'etc/remap.config': adapted('/etc/trafficserver/remap.config', place, {
      'https://rota.example/': `https://localhost:${place.port}/`, 'wss://rota.example/': `wss://localhost:${place.port}/`,
    }),
    'etc/ssl_multicert.config': adapted('/etc/trafficserver/ssl_multicert.config', place),
    ...Object.fromEntries(['ip_allow.yaml', 'logging.yaml', 'plugin.config', 'sni.yaml', 'storage.config', 'cache.config', 'hosting.config',
      'parent.config', 'socks.config', 'splitdns.config', 'strategies.yaml', 'volume.config'].map((name) => [`etc/${name}`, debians(place, name)])),
    'runroot.yaml': Object.entries({
      prefix: '', exec_prefix: '', sbindir: 'sbin', sysconfdir: 'etc', datadir: 'data', includedir: 'include', libdir: 'lib',
      libexecdir: 'libexec', localstatedir: 'var', runtimedir: 'run', logdir: 'log', mandir: 'man', infodir: 'info', cachedir: 'cache',
    }).map(([name, path]) => `${name}: ${place.folder}/${path}\n`).join('').concat(`bindir: ${place.root}/usr/bin\n`),
    'log/.keep': '', 'run/.keep': '', 'cache/.keep': '', 'var/.keep': '', 'libexec/.keep': '',
  };
}

export default {
  title: 'Traffic Server 9.2',
  program: 'usr/bin/traffic_manager',
  headers: 'forwarded',
  unprivileged: true,
  files,
  first: (place) => files(place, `CONFIG proxy.config.http.server_ports STRING ${place.port}:ssl:ip-in=127.0.0.1
`),
  start: ({ folder }) => [`--run-root=${folder}/runroot.yaml`],
  reload: ({ folder }) => [{ program: 'usr/bin/traffic_ctl', args: [`--run-root=${folder}/runroot.yaml`, 'config', 'reload'] }],
  measured: {
    websocket: 'yes', websocketOverHttp2: 'no', streams: 'yes', login: 'yes', address: 'yes', refusal: '401', restart: '502', reload: 'stay',
  },
  atFirst: { websocket: 'by token only', streams: 'yes', login: 'no', address: 'no', refusal: '401' },
};
