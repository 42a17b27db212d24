// Pages and files as a browser asks for them.
import assert from 'node:assert/strict';
import http from 'node:http';

/** The raw response: fetch() would decompress it. */
export const get = (server, path, headers = {}, method = 'GET') =>
  new Promise((resolve, reject) => {
    http.request(new URL(path, server.url), { method, headers, agent: false }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
    }).on('error', reject).end();
  });

/** A page and all that it and its modules load, by path; each is answered with 200. */
export async function loadedFiles(server, page) {
  const files = new Map();
  const load = async (path) => {
    if (files.has(path)) return;
    const file = await get(server, path);
    assert.equal(file.status, 200, path);
    files.set(path, file);
    const text = file.body.toString();
    const named = path === page
      ? [...text.matchAll(/(?:src|href)="([^"]+)"/g)]
      : [...text.matchAll(/^import .* from '([^']+)'/gm)];
    for (const [, name] of named) await load(new URL(name, new URL(path, server.url)).pathname);
  };
  await load(page);
  return files;
}
