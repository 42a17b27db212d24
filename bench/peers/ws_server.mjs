// A broadcasting server as it is usually written with npm `ws`: a set of sockets per topic, one
// send per event and socket. The event is encoded once per burst and passed as bytes, which is the
// cheapest way that `ws` has. Same interface as peers/bare_send.cpp.
//
// With a port of Redis as argument, what is published goes through a channel of it, as servers with
// several processes do: one subscription per process, one message per event. With --tls CERTIFICATE
// KEY it serves over TLS.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createClient } from "@redis/client";
import { WebSocketServer } from "ws";

const watchers = new Map(); // topic → set of sockets

function watch(topic, socket) {
  if (!watchers.has(topic)) watchers.set(topic, new Set());
  watchers.get(topic).add(socket);
  socket.topics.push(topic);
}

function unwatchAll(socket) {
  for (const topic of socket.topics) {
    const sockets = watchers.get(topic);
    sockets.delete(socket);
    if (sockets.size === 0) watchers.delete(topic);
  }
}

function onCommand(socket, text) {
  const command = JSON.parse(text);
  if (command.action === "subscribe_schedule") watch(command.schedule_id, socket);
  if (command.action === "subscribe_person") watch(command.person_id, socket);
  if (command.action === "ping") socket.send('{"event_type":"pong"}');
}

function deliver(burst, body) {
  const sockets = watchers.get(JSON.parse(body).schedule_id) ?? [];
  for (let i = 0; i < burst; i++) {
    for (const socket of sockets) socket.send(body, { binary: false });
  }
}

/** Returns what publishes through Redis: the commands of a burst are sent together. */
async function throughRedis(port) {
  const channel = "events";
  const asBuffers = true;
  const publisher = await createClient({ socket: { port } }).connect();
  const subscriber = await createClient({ socket: { port } }).connect();
  await subscriber.subscribe(channel, (body) => deliver(1, body), asBuffers);
  return (burst, body) => Promise.all(Array.from({ length: burst }, () => publisher.publish(channel, body)));
}

const tls = process.argv[2] === "--tls";
const redisPort = tls ? undefined : process.argv[2];
const publish = redisPort ? await throughRedis(Number(redisPort)) : deliver;

function onRequest(request, response) {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", async () => {
    const url = new URL(request.url, "http://127.0.0.1");
    if (url.pathname === "/publish") {
      await publish(Number(url.searchParams.get("burst")), Buffer.concat(parts));
    }
    if (url.pathname === "/settle") globalThis.gc?.();
    response.writeHead(200, { "Content-Length": 0 }).end();
  });
}

const server = tls
  ? createSecureServer({ cert: readFileSync(process.argv[3]), key: readFileSync(process.argv[4]) }, onRequest)
  : createServer(onRequest);
const sockets = new WebSocketServer({ server, path: "/ws", perMessageDeflate: false });
sockets.on("connection", (socket) => {
  socket.topics = [];
  socket.on("message", (text) => onCommand(socket, text));
  socket.on("close", () => unwatchAll(socket));
  socket.send('{"event_type":"connection_ack"}');
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 1024 }, () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
