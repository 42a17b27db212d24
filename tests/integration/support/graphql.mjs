// GraphQL clients of other projects: npm graphql-ws, subscriptions-transport-ws, graphql-sse.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { withPatience } from './process.mjs';

/**
 * Every field of each event type of the original's schema (wire specification §4.2), and our
 * additions.
 */
export const FIELDS = {
  scheduleUpdates: 'scheduleId academicYearId userId updateType affectedBlocksCount message timestamp cursor eventId',
  assignmentUpdates: 'assignmentId personId blockId rotationTemplateId changeType changedBy message timestamp cursor eventId',
  swapRequests: 'swapId requesterId targetPersonId swapType status affectedAssignments message timestamp approvedBy cursor eventId',
  conflictAlerts: 'conflictId personId conflictType severity affectedBlocks message timestamp cursor eventId',
  resilienceAlerts:
    'alertType severity currentUtilization defenseLevel affectedPersons message recommendations timestamp cursor eventId',
};
FIELDS.swapApprovals = FIELDS.swapRequests;
FIELDS.swapNotification = FIELDS.swapRequests;
FIELDS.scheduleUpdated = FIELDS.scheduleUpdates;
FIELDS.assignmentUpdated = FIELDS.assignmentUpdates;
FIELDS.conflictAlert = FIELDS.conflictAlerts;
FIELDS.resilienceAlert = FIELDS.resilienceAlerts;

export const subscription = (field, args = '', fields = FIELDS[field]) => `subscription { ${field}${args} { ${fields} } }`;

/** Results of one operation, read one at a time. */
export class Results {
  #ready = [];
  #waiting = [];
  ended;

  constructor(begin) {
    this.stop = begin({
      next: (result) => this.#push(result),
      error: (error) => this.#push({ failed: error }),
      complete: () => this.#push({ complete: true }),
    });
  }

  #push(result) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(result);
    else this.#ready.push(result);
  }

  next() {
    if (this.#ready.length > 0) return Promise.resolve(this.#ready.shift());
    return withPatience(new Promise((resolve) => this.#waiting.push(resolve)), 'the next result');
  }

  /** The only field of the next result. */
  async value() {
    const result = await this.next();
    if (!result.data || result.errors) throw new Error(`no data: ${JSON.stringify(result)}`);
    return Object.values(result.data)[0];
  }
}

/** A client of npm graphql-ws as this user. */
export class GraphqlClient {
  constructor(server, { connectionParams, query = {}, route = '/graphql', ...options } = {}) {
    this.closed = new Promise((resolve) => {
      this.client = createClient({
        url: server.socketUrl(route, query),
        webSocketImpl: WebSocket,
        connectionParams,
        retryAttempts: 0,
        lazy: false,
        onNonLazyError: () => {},
        on: { closed: (event) => resolve({ code: event.code, reason: event.reason }) },
        ...options,
      });
    });
  }

  subscribe(query, variables) {
    return new Results((sink) => this.client.subscribe({ query, variables }, sink));
  }

  /**
   * The result of a query or mutation. Once it has arrived, every earlier subscription is active.
   */
  async ask(query, variables) {
    return this.subscribe(query, variables).next();
  }

  /** Subscribes, and waits until the subscription is active. */
  async watching(query, variables) {
    const results = this.subscribe(query, variables);
    await this.ask('{ __typename }');
    return results;
  }

  async close() {
    await this.client.dispose();
  }
}
