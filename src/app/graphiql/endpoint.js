// Connects GraphiQL to the server's /graphql: queries and mutations by HTTP, subscriptions by one
// WebSocket. The token is sent in a header or in connection_init, never in a URL.

import { endingOf } from '/session.js';

/** Close codes (docs/protocol.md): a new login is needed; a new token is enough. */
const LOGIN_NEEDED = 4401;
const TOKEN_NEEDED = 4403;

/** The name of the error in a close reason, which goes on with a sentence. */
const nameOf = (reason) => reason.split(':')[0];

/** The name of the error in an HTTP error response. */
const nameIn = (reply) =>
  reply.json().then(({ errors }) => errors[0].extensions.name).catch(() => 'token_invalid');

/** True if the selected operation, or the only one, is a subscription. */
function subscribes({ operationName }, documentAST) {
  const operations = documentAST?.definitions.filter(({ kind }) => kind === 'OperationDefinition') ?? [];
  const chosen = operations.find(({ name }) => !operationName || name?.value === operationName);
  return chosen?.operation === 'subscription';
}

/** A new login is needed; the message gives the reason. */
export class Ended extends Error {}

export class Endpoint {
  /**
   * `session` supplies tokens; `onEnd(reason)` is called when a new login is needed, and
   * `onSchema(shown)` once it is known whether the server shows this user the schema.
   */
  constructor({ session, onEnd, onSchema }) {
    Object.assign(this, { session, onEnd, onSchema });
    this.connect();
  }

  connect() {
    const url = new URL('/graphql', location.href);
    url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    this.socket = graphqlWs.createClient({
      url: url.href,
      on: { closed: ({ code, reason }) => { this.lapsed = code === TOKEN_NEEDED && nameOf(reason); } },
      connectionParams: async () => {
        if (this.lapsed && !(await this.session.refresh())) throw this.end(this.lapsed);
        return { token: this.session.token };
      },
      // At once if the connection was closed to use a new token; otherwise with full jitter.
      retryWait: (retries) =>
        new Promise((resolve) => {
          setTimeout(resolve, retries ? Math.random() * Math.min(30_000, 1000 * 2 ** retries) : 0);
        }),
      shouldRetry: (problem) => !(problem instanceof Ended),
    });
  }

  /** Called by GraphiQL. Returns a promise of the result, or an observable of results. */
  fetch = (request, { documentAST } = {}) =>
    subscribes(request, documentAST) ? this.results(request) : this.result(request);

  /** Continues subscriptions with a new token: graphql-ws reconnects and subscribes again. */
  renew() {
    this.socket.terminate();
  }

  /** Stops everything, for a user who logs out. */
  leave() {
    this.socket.dispose();
    this.connect();
  }

  async result(request) {
    const reply = await this.post(request);
    const answer = await reply.json().catch(() => undefined);
    if (!answer) throw new Error(`The server answered with status ${reply.status}.`);
    if (request.operationName === 'IntrospectionQuery') this.onSchema(Boolean(answer.data));
    return answer;
  }

  async post(request) {
    for (let refreshed = false; ; refreshed = true) {
      const { token } = this.session;
      const reply = await fetch('/graphql', {
        method: 'POST',
        headers: {
          // With this type, errors in a document have the status 200 and do not appear in the
          // console.
          Accept: 'application/json',
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify(request),
      });
      if (reply.status !== 401) return reply;
      if (refreshed || !(await this.session.refresh())) throw this.end(await nameIn(reply));
    }
  }

  results(request) {
    return {
      subscribe: ({ next, error, complete }) => {
        const stop = this.socket.subscribe(request, {
          next,
          complete,
          error: (problem) => {
            // Errors of an operation are an array, as in a result; anything else closes the
            // connection.
            if (!Array.isArray(problem)) return error(this.closed(problem));
            next({ errors: problem });
            return complete();
          },
        });
        return { unsubscribe: stop };
      },
    };
  }

  closed(problem) {
    const { code, reason, message } = problem;
    if (problem instanceof Ended) return problem;
    if (code === LOGIN_NEEDED) return this.end(nameOf(reason));
    const why = reason || message || `code ${code}`;
    return new Error(`The connection was lost (${why}). Run the subscription again.`);
  }

  end(reason) {
    this.onEnd(reason);
    return new Ended(endingOf(reason));
  }
}
