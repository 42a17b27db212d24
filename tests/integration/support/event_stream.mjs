// A stream of server-sent events by Node's own HTTP client, whose records are read one at a time.
import assert from 'node:assert/strict';
import http from 'node:http';
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
  #end;

  /** Resolves when the response has ended or the connection has broken. */
  ended = new Promise((resolve) => (this.#end = resolve));
  over = false;

  constructor(response) {
    this.#response = response;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (text) => this.#arrived(text));
    response.on('error', () => {}); // followed by 'close'
    response.once('close', () => this.#ended());
  }

  #arrived(text) {
    const records = (this.#rest + text).split('\n\n');
    this.#rest = records.pop();
    for (const record of records.map(parseRecord)) {
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

  /** Reads the remaining records until the stream ends. */
  async untilEnd() {
    await withPatience(this.ended, 'the end of the stream');
    return this.#records.splice(0);
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
    const request = http.request(url, { method, headers: { accept: 'text/event-stream', ...headers }, agent: false });
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
