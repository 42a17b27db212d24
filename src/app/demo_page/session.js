// The login session. Tokens are kept only in the page's memory and refreshed before they expire.

const ENDINGS = {
  token_expired: 'Your session has ended; please log in again.',
  token_revoked: 'You have been logged out; please log in again.',
  user_inactive: 'Your account is not active. Please ask your coordinator.',
};
const REFUSED = 'The server did not accept your login; please log in again.';

/** The message for a session that ended for this reason; empty without a reason. */
export const endingOf = (reason) => (reason ? ENDINGS[reason] ?? REFUSED : '');

export function loginProblem({ status, message }) {
  if (status === 401) return 'User name or password is wrong.';
  if (status === 429) return 'Too many attempts. Please wait a minute and try again.';
  if (status === undefined || status >= 500) return 'The server does not answer. Please try again.';
  return message;
}

async function post(path, body, token) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  const reply = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await reply.json().catch(() => ({}));
  if (reply.ok) return answer;
  throw Object.assign(new Error(answer?.error?.message ?? `HTTP ${reply.status}`), {
    status: reply.status,
  });
}

function claimsOf(token) {
  const part = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

export class Session {
  /** Calls `renewed(session)` after each refresh, and `ended()` when a refresh was rejected. */
  constructor({ renewed, ended }) {
    this.renewed = renewed;
    this.ended = ended;
    this.timer = 0;
    this.generation = 0;
  }

  async logIn(username, password) {
    this.accept(await post('/api/auth/login/json', { username, password }));
  }

  /** Returns true if there are new tokens; false if a new login is needed. */
  async refresh() {
    this.refreshing ??= this.exchange().finally(() => { this.refreshing = undefined; });
    return this.refreshing;
  }

  async logOut() {
    const { token, refreshToken } = this;
    this.forget();
    if (token) await post('/api/auth/logout', { refresh_token: refreshToken }, token).catch(() => {});
  }

  forget() {
    clearTimeout(this.timer);
    this.generation += 1;
    this.token = this.refreshToken = this.claims = undefined;
  }

  async post(path, body) {
    return post(path, body, this.token);
  }

  accept({ access_token: token, refresh_token: refreshToken }) {
    this.token = token;
    this.refreshToken = refreshToken ?? this.refreshToken;
    this.claims = claimsOf(token);
    // Uses the lifetime from the server's claims, so that a wrong local clock does not matter.
    const begin = this.claims.iat ?? Date.now() / 1000;
    this.lifeMs = Math.max(1000, (this.claims.exp - begin) * 1000);
    this.receivedAt = Date.now();
    this.refreshIn(this.lifeMs * (this.refreshToken ? 0.75 : 1));
  }

  get expired() {
    return Date.now() - this.receivedAt >= this.lifeMs;
  }

  refreshIn(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.renew(), Math.min(ms, 2 ** 31 - 1));
  }

  async renew() {
    const { generation } = this;
    try {
      const fresh = await this.refresh();
      if (generation !== this.generation) return;
      if (fresh) this.renewed(this);
      else this.ended();
    } catch {
      if (generation === this.generation) this.refreshIn(5000);
    }
  }

  async exchange() {
    const { generation } = this;
    if (!this.refreshToken) return false;
    try {
      const fresh = await post('/api/auth/refresh', { refresh_token: this.refreshToken });
      if (generation === this.generation) this.accept(fresh);
      return true;
    } catch (problem) {
      // A rejection is final; no response, rate limiting or a server error is not.
      if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) return false;
      throw problem;
    }
  }
}
