// Requests by Node's own client, each on a connection of its own; and those that are refused before
// their body is read.
import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';
import { withPatience } from '../../integration/support/process.mjs';

/** {status, headers, text}, also if the connection breaks after the answer; with `expect` the body waits for 100. */
export function request(url, { method = 'GET', headers = {}, body = '', localAddress, expect = false } = {}) {
  const answered = new Promise((resolve, reject) => {
    const { request: ask } = url.protocol === 'https:' ? https : http;
    const asked = ask(url, {
      method, localAddress, agent: false,
      headers: { ...headers, 'content-length': Buffer.byteLength(body), ...(expect && { expect: '100-continue' }) },
    });
    asked.once('error', reject); // has no effect after the answer
    asked.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      response.once('close', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      response.once('error', () => {});
      response.once('end', () => asked.destroy());
    });
    if (expect) {
      asked.once('continue', () => asked.end(body));
      asked.flushHeaders();
    } else {
      asked.end(body);
    }
  });
  return withPatience(answered, `the answer to ${method} ${url.pathname}`);
}

/**
 * A publisher with a wrong key is told so, whether it waits for 100 before it sends 2 MB or not: '401'; otherwise what it is
 * told, without and with Expect. '401 or cut': the proxy closes when it has passed on the answer, and who is still
 * sending may lose it.
 */
export async function refusals({ server }, expected) {
  const url = new URL('/api/v1/events', server.url);
  const headers = { 'content-type': 'application/json', 'x-api-key': 'wrong' };
  const body = JSON.stringify([{ event_type: 'SchedulePublished', filler: 'x'.repeat(2 << 20) }]);
  const told = [];
  for (const expect of [false, true]) {
    const { status, text } = await request(url, { method: 'POST', headers, body, expect }).catch(({ code }) => ({ status: code }));
    if (status === 401) assert.match(JSON.parse(text).error.name, /key|unauth|token/, text);
    told.push(['ECONNRESET', 'EPIPE'].includes(status) ? 'cut' : `${status}`);
  }
  if (expected === '401 or cut' && told.every((one) => expected.split(' or ').includes(one))) return expected;
  return told[0] === told[1] ? told[0] : told.join(', with Expect ');
}
