// A TCP proxy that counts bytes and cuts every connection at fixed times, as a train's tunnel does:
// what was on its way is lost, and neither side is told by its protocol.
import net from 'node:net';

export async function startProxy(target) {
  const pairs = new Set();
  const counted = { up: 0, down: 0, connections: 0, cuts: 0 };
  const proxy = net.createServer((client) => {
    const server = net.connect(target, '127.0.0.1');
    const pair = [client, server];
    pairs.add(pair);
    counted.connections += 1;
    client.on('data', (bytes) => (counted.up += bytes.length));
    server.on('data', (bytes) => (counted.down += bytes.length));
    client.pipe(server).pipe(client);
    for (const socket of pair) {
      socket.on('error', () => {}); // followed by 'close'
      socket.on('close', () => {
        pairs.delete(pair);
        pair.forEach((end) => end.destroy());
      });
    }
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: proxy.address().port,
    counted,
    cut() {
      counted.cuts += pairs.size;
      for (const pair of pairs) pair.forEach((socket) => socket.destroy());
    },
    stop() {
      proxy.close();
      this.cut();
    },
  };
}
