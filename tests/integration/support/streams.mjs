// The event streams of a suite: opened as its users, read record by record, closed after each test.
import assert from 'node:assert/strict';
import { requestStream, streamUrl } from './event_stream.mjs';
import { numberOf } from './v1.mjs';

/** Functions that open streams of this server, or of another one with `where`. */
export function streamsOf(server) {
  const streams = new Set();
  const bearer = async (name, where = server) => ({ authorization: `Bearer ${await where.token(name)}` });

  /** A request as this user, whatever the response. */
  async function request(query, { as = 'admin', where = server, headers, ...options } = {}) {
    const answer = await requestStream(streamUrl(where, query), {
      headers: headers ?? (await bearer(as, where)), ...options,
    });
    if (answer.stream) streams.add(answer.stream);
    return answer;
  }

  /** A stream that must be granted; `from` is a cursor, sent as browsers do. */
  async function open(query, { from, as = 'admin', where = server } = {}) {
    const headers = await bearer(as, where);
    if (from !== undefined) headers['last-event-id'] = from;
    const { status, stream, body } = await request(query, { headers, where });
    assert.equal(status, 200, JSON.stringify(body));
    return stream;
  }

  /** A stream without a backlog: its first record is read and its cursor recorded. */
  async function openLive(query, options) {
    const stream = await open(query, options);
    const first = await stream.next();
    assert.equal(first.event, 'ack');
    stream.cursor = first.id;
    return stream;
  }

  async function closeAll() {
    await Promise.all([...streams].map((stream) => stream.close()));
    streams.clear();
  }

  return { bearer, request, open, openLive, closeAll };
}

/** Reads records up to `resumed`: {events, gaps, resumed}. */
export async function replay(stream) {
  const seen = [];
  do seen.push(await stream.next());
  while (seen.at(-1).event !== 'resumed');
  const resumed = seen.pop();
  const gaps = seen.filter(({ event }) => event === 'gap');
  return { events: seen.filter((record) => !gaps.includes(record)), gaps, resumed };
}

export async function take(stream, count) {
  const records = [];
  while (records.length < count) records.push(await stream.next());
  return records;
}

export const numbers = (records) => records.map(({ data }) => numberOf(data));
