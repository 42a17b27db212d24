// npm packages of tests/integration that its own modules do not hand on.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../integration/package.json', import.meta.url));

export const WebSocket = require('ws');
export const { createClient: createSseClient } = require('graphql-sse');
export const { SubscriptionClient } = require('subscriptions-transport-ws');
