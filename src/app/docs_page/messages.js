// A view of an AsyncAPI 3.0 document: its channels, the messages of their operations, each with its
// members and an example. Understands the schemas that Rotacast's document uses.

import { element } from './elements.js';

/** Follows a reference to another place of the document. */
function resolve(root, value) {
  if (!value?.$ref) return value;
  const place = value.$ref.slice(2).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return resolve(root, place.reduce((inner, part) => inner[part], root));
}

/** The members of an object's schema, those of `allOf` included: `[name, schema, isRequired]`. */
function membersOf(root, reference) {
  const schema = resolve(root, reference);
  const own = Object.entries(schema.properties ?? {})
    .map(([name, member]) => [name, member, schema.required?.includes(name) ?? false]);
  return [...(schema.allOf ?? []).flatMap((part) => membersOf(root, part)), ...own];
}

/** A schema's type in a few words. */
function typeOf(root, reference) {
  const schema = resolve(root, reference);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(' | ');
  const types = [schema.type ?? 'any'].flat();
  return types.map((type) => {
    if (type === 'array') return `array of ${typeOf(root, schema.items ?? {})}`;
    return type === 'string' && schema.format ? schema.format : type;
  }).join(' | ');
}

function memberTable(root, reference) {
  const row = ([name, schema, isRequired]) => element('tr', {},
    element('td', {}, element('code', {}, name)),
    element('td', {}, element('code', {}, typeOf(root, schema))),
    element('td', {}, isRequired ? 'always' : 'optional'),
    element('td', {}, schema.description ?? resolve(root, schema).description ?? ''));
  const head = ['member', 'type', 'present', 'meaning'].map((text) => element('th', { scope: 'col' }, text));
  return element('table', {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...membersOf(root, reference).map(row)));
}

function messageView(root, reference) {
  const { name, summary, payload, examples = [] } = resolve(root, reference);
  return element('details', { className: 'message' },
    element('summary', {}, element('code', {}, name), ` ${summary ?? ''}`),
    memberTable(root, payload),
    ...examples.map((example) => element('pre', {}, JSON.stringify(example.payload, null, 2))));
}

function operationView(root, { action, summary, messages }) {
  const heading = element('h3', {}, element('span', { className: 'direction' }, action), ` ${summary}`);
  return element('div', {}, heading, ...messages.map((reference) => messageView(root, reference)));
}

function channelView(root, channel) {
  const operations = Object.values(root.operations)
    .filter((operation) => resolve(root, operation.channel) === channel);
  return element('article', {},
    element('h2', {}, channel.title, ' ', element('code', {}, channel.address)),
    element('p', {}, channel.description),
    ...operations.map((operation) => operationView(root, operation)));
}

/** Fills `section` with the view. "receive" and "send" are the server's view. */
export function showMessages(section, root) {
  section.append(
    element('p', {}, '“receive” and “send” are said of the server.'),
    ...Object.values(root.channels).map((channel) => channelView(root, channel)));
}
