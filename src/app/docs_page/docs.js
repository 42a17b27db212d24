// Shows the documents that this server serves: OpenAPI with Swagger UI, AsyncAPI with our own view,
// the GraphQL schema as text. The part shown is in the URL's fragment.

import { element } from './elements.js';
import { showMessages } from './messages.js';

const PARTS = {
  http(section) {
    SwaggerUIBundle({
      domNode: section,
      url: '/openapi.json',
      presets: [SwaggerUIBundle.presets.apis],
      // Tokens live in this page's memory only, and no other server is asked to validate.
      persistAuthorization: false,
      validatorUrl: null,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
    });
  },
  async websocket(section) {
    showMessages(section, await (await found('/asyncapi.json')).json());
  },
  async graphql(section) {
    section.append(element('pre', {}, await (await found('/schema.graphql')).text()));
  },
};

/** The response; throws the server's own sentence if it refuses. */
async function found(path) {
  const reply = await fetch(path);
  if (reply.ok) return reply;
  const { error } = await reply.json().catch(() => ({}));
  throw new Error(error?.message ?? `The server answered with status ${reply.status}.`);
}

const filled = new Set();

async function show(name) {
  for (const section of document.querySelectorAll('main > section')) section.hidden = section.id !== name;
  for (const button of document.querySelectorAll('nav button')) {
    if (button.dataset.part === name) button.setAttribute('aria-current', 'page');
    else button.removeAttribute('aria-current');
  }
  if (filled.has(name)) return;
  filled.add(name);
  const section = document.getElementById(name);
  try {
    await PARTS[name](section);
  } catch (problem) {
    filled.delete(name);
    section.replaceChildren(element('p', { role: 'alert' }, problem.message));
  }
}

function showFragment() {
  const name = location.hash.slice(1);
  return show(Object.hasOwn(PARTS, name) ? name : 'http');
}

for (const button of document.querySelectorAll('nav button'))
  button.addEventListener('click', () => { location.hash = button.dataset.part; });
addEventListener('hashchange', showFragment);
showFragment();
