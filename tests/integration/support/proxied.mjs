// Requests as a proxy would send them: any Host, any headers, from any loopback address.
import http from 'node:http';
import { withPatience } from './process.mjs';

/**
 * Sends one request on a connection of its own and returns {status, headers, cookies, text, body}. `headers` are those of
 * Node: a list sends several lines of one name. `from`: the address of this end.
 */
export function send(server, route, { method = 'GET', headers = {}, body, from } = {}) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answered = new Promise((resolve, reject) => {
    const type = text === undefined ? {} : { 'content-type': 'application/json' };
    const options = { method, headers: { ...type, ...headers }, agent: false, localAddress: from };
    const request = http.request(new URL(route, server.url), options);
    request.once('error', reject);
    request.once('response', async (response) => {
      let received = '';
      for await (const part of response.setEncoding('utf8')) received += part;
      const json = /^application\/([a-z-]+\+)?json/.test(response.headers['content-type'] ?? '');
      resolve({
        status: response.statusCode,
        headers: response.headers,
        cookies: response.headers['set-cookie'] ?? [],
        text: received,
        body: json ? JSON.parse(received) : undefined,
      });
    });
    request.end(text);
  });
  return withPatience(answered, `the answer to ${method} ${route}`);
}

/** Logs in as this user, with the right password unless another is given. */
export function login(server, name, { password = server.user(name).password, ...options } = {}) {
  return send(server, '/api/auth/login/json', { method: 'POST', body: { username: name, password }, ...options });
}
