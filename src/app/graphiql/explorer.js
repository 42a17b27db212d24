// GraphiQL for whoever is logged in. The token is kept in this page's memory alone; what was typed
// is kept for this tab, and forgotten when its user logs out.

import { Endpoint, Ended } from './endpoint.js';
import { Session, endingOf, loginProblem } from '/session.js';

const WELCOME = `# Ctrl+Enter: run the operation
# at the cursor

query Me {
  viewer {
    username
    role
    tokenExpiresAt
  }
}

subscription Alerts {
  resilienceAlerts {
    severity
    alertType
    message
    timestamp
    cursor
  }
}
`;

const NO_SCHEMA =
  'This server does not show its schema to you (graphql.introspection). Operations work; ' +
  'documentation and completion stay empty.';

const $ = (id) => document.getElementById(id);
const h = React.createElement;

let viewer;
let schemaShown = true;
let root;

const session = new Session({ renewed: () => endpoint.renew(), ended: () => showEntrance('token_expired') });
const endpoint = new Endpoint({ session, onEnd: showEntrance, onSchema: showSchema });

// ---- the entrance

function notice(text) {
  $('login-notice').textContent = text;
  $('login-notice').hidden = !text;
}

async function enter(submit, begin, secret) {
  submit.preventDefault();
  const { submitter } = submit;
  submitter.disabled = true;
  notice('');
  try {
    await begin();
    const { data } = await endpoint.result({ query: '{ viewer { userId username role } }' });
    secret.value = '';
    showExplorer(data.viewer);
  } catch (problem) {
    session.forget();
    notice(problem instanceof Ended ? problem.message : loginProblem(problem));
    secret.select();
  } finally {
    submitter.disabled = false;
  }
}

function useToken(text) {
  try {
    session.accept({ access_token: text });
  } catch {
    throw new Ended('That is no access token.');
  }
}

function showEntrance(reason) {
  session.forget();
  endpoint.leave();
  notice(endingOf(reason));
  $('login-style').disabled = false;
  $('graphiql').hidden = true;
  $('entrance').hidden = false;
  $('username').focus();
}

async function logOut() {
  const gone = session.logOut();
  forgetWhatWasTyped();
  showEntrance();
  await gone;
}

// ---- the explorer

function forgetWhatWasTyped() {
  root?.unmount();
  root = undefined;
  sessionStorage.clear();
}

function showExplorer(found) {
  if (viewer && viewer.userId !== found.userId) forgetWhatWasTyped();
  viewer = found;
  $('entrance').hidden = true;
  $('login-style').disabled = true;
  $('graphiql').hidden = false;
  root ??= ReactDOM.createRoot($('graphiql'));
  render();
}

function showSchema(shown) {
  schemaShown = shown;
  if (root) render();
}

function render() {
  root.render(
    h(
      GraphiQL,
      {
        fetcher: endpoint.fetch,
        storage: sessionStorage,
        defaultQuery: WELCOME,
        isHeadersEditorEnabled: false,
        shouldPersistHeaders: false,
      },
      h(GraphiQL.Logo, null, h(
        'div',
        { id: 'who' },
        h('span', null, viewer.username, h('small', null, viewer.role)),
        h('button', { id: 'logout', className: 'graphiql-button', type: 'button', onClick: logOut }, 'Log out'),
      )),
      schemaShown ? null : h(GraphiQL.Footer, null, h('p', { id: 'schema-notice', role: 'status' }, NO_SCHEMA)),
    ),
  );
}

$('by-password').addEventListener('submit', (submit) =>
  enter(submit, () => session.logIn($('username').value.trim(), $('password').value), $('password')));
$('by-token').addEventListener('submit', (submit) =>
  enter(submit, () => useToken($('token').value.trim()), $('token')));
$('username').focus();
