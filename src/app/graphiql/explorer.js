// GraphiQL for logged-in users. The token is kept only in this page's memory. Typed text is kept
// for this tab and deleted when the user logs out.

import { Endpoint, Ended } from './endpoint.js';
import { OneUserStorage } from './one_user_storage.js';
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

/** The user whose text this tab keeps. */
const OWNER = 'rotacast:user';

const NO_SCHEMA =
  'This server does not show its schema to you (graphql.introspection). Operations work; ' +
  'documentation and completion stay empty.';

const $ = (id) => document.getElementById(id);
const h = React.createElement;

let viewer;
let schemaShown = true;
let root;
let storage;

const session = new Session({ renewed: () => endpoint.renew(), ended: () => showEntrance('token_expired') });
const endpoint = new Endpoint({ session, onEnd: showEntrance, onSchema: showSchema });

// ---- login

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

// ---- GraphiQL

function forgetWhatWasTyped() {
  root?.unmount();
  storage?.close();
  root = storage = undefined;
  sessionStorage.clear();
}

function showExplorer(found) {
  // Needed if another user reloaded the page and left without logging out.
  if (sessionStorage.getItem(OWNER) !== found.userId) forgetWhatWasTyped();
  sessionStorage.setItem(OWNER, found.userId);
  viewer = found;
  $('entrance').hidden = true;
  $('login-style').disabled = true;
  $('graphiql').hidden = false;
  root ??= ReactDOM.createRoot($('graphiql'));
  storage ??= new OneUserStorage(sessionStorage);
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
        storage,
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
