// A stream of server-sent events, or of the parts of a multipart body, by Node's own HTTP client,
// whose records are read one at a time.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { withPatience } from './process.mjs';

const PATH = '/api/v1/events/stream';

/** Parses one record as in the HTML standard (§9.2.6): {id, event, data, retry}, or {comment}. */
function parseRecord(text) {
  const record = {};
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    assert.notEqual(colon, -1, `not a field: ${line}`);
    record[line.slice(0, colon) || 'comment'] = line.slice(colon + 1).replace(/^ /, '');
  }
  if (record.data) record.data = JSON.parse(record.data);
  return record;
}

function recordsIn(text) {
  const records = text.split('\n\n');
  const rest = records.pop();
  return { records: records.map(parseRecord), rest };
}

const DELIMITER = '\r\n--graphql';
const PART_HEAD = '\r\ncontent-type: application/json\r\n\r\n';

/** Parses one part as a record: {data}, or {comment} for a heartbeat. */
function parsePart(text) {
  assert.ok(text.startsWith(PART_HEAD), `not a part: ${text}`);
  const data = JSON.parse(text.slice(PART_HEAD.length));
  return Object.keys(data).length === 0 ? { comment: '' } : { data };
}

/**
 * The complete parts of a body with the boundary `graphql` (RFC 2046 §5.1), of which `text` is the
 * beginning or what is left; {end: true} for the closing delimiter.
 */
function partsIn(text) {
  const parts = text.split(DELIMITER);
  const rest = parts.pop();
  const records = parts.filter((part) => part !== '').map(parsePart);
  return rest === '--\r\n' ? { records: [...records, { end: true }], rest: '' } : { records, rest };
}

/** The URL of a stream: `topics` as in rotacast.v1, {schedules, persons}, and other parameters. */
export function streamUrl(server, { schedules = [], persons = [], ...query } = {}) {
  const url = new URL(PATH, server.url);
  for (const id of schedules) url.searchParams.append('schedule', id);
  for (const id of persons) url.searchParams.append('person', id);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  return url;
}

export class EventStream {
  #rest = '';
  #records = [];
  #takers = [];
  #response;
  #split;
  #end;

  /** Resolves when the response has ended or the connection has broken. */
  ended = new Promise((resolve) => (this.#end = resolve));
  over = false;

  constructor(response) {
    this.#response = response;
    this.headers = response.headers;
    this.#split = this.headers['content-type'].startsWith('multipart/mixed') ? partsIn : recordsIn;
    response.setEncoding('utf8');
    response.on('data', (text) => this.#arrived(text));
    response.on('error', () => {}); // followed by 'close'
    response.once('close', () => this.#ended());
  }

  #arrived(text) {
    const { records, rest } = this.#split(this.#rest + text);
    this.#rest = rest;
    for (const record of records) {
      const taker = this.#takers.shift();
      if (taker) taker.resolve(record);
      else this.#records.push(record);
    }
  }

  #ended() {
    this.over = true;
    this.#end();
    for (const taker of this.#takers.splice(0)) taker.reject(new Error('the stream ended while a record was awaited'));
  }

  /** The next record, including comments. */
  next() {
    if (this.#records.length > 0) return Promise.resolve(this.#records.shift());
    if (this.over) return Promise.reject(new Error('the stream has ended'));
    const taken = new Promise((resolve, reject) => this.#takers.push({ resolve, reject }));
    return withPatience(taken, 'a record');
  }

  /** The next record that is not a comment. */
  async nextMessage() {
    for (;;) {
      const record = await this.next();
      if (!('comment' in record)) return record;
    }
  }

  /** Reads the remaining records until the stream ends, without comments. */
  async untilEnd() {
    await withPatience(this.ended, 'the end of the stream');
    return this.#records.splice(0).filter((record) => !('comment' in record));
  }

  /** Whether the response has ended as its framing says, and was not cut off. */
  get complete() {
    return this.#response.complete;
  }

  pause() {
    this.#response.pause();
  }

  resume() {
    this.#response.resume();
  }

  close() {
    this.#response.destroy();
    return this.ended;
  }
}

/**
 * The response to a request for a stream: {status, headers, stream}, or {status, headers, body} if
 * it is rejected.
 */
export function requestStream(url, { headers = {}, method = 'GET' } = {}) {
  const answered = new Promise((resolve, reject) => {
    const { request: ask } = url.protocol === 'https:' ? https : http;
    const request = ask(url, { method, headers: { accept: 'text/event-stream', ...headers }, agent: false });
    request.once('error', reject);
    request.once('response', (response) => {
      const answer = { status: response.statusCode, headers: response.headers };
      if (answer.status === 200 && method === 'GET') return resolve({ ...answer, stream: new EventStream(response) });
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      response.once('end', () => resolve({ ...answer, body: text === '' ? undefined : JSON.parse(text) }));
    });
    request.end();
  });
  return withPatience(answered, 'the answer to a request for a stream');
}
