// GraphQL subscriptions as they are usually written with npm `graphql-ws`, `ws` and
// `graphql-subscriptions`: an event is published to its topics, and each subscription executes its
// selection. The event is converted to an object of the schema once per burst. Same interface as
// peers/bare_send.cpp.

import { createServer } from "node:http";
import { buildSchema } from "graphql";
import { PubSub, withFilter } from "graphql-subscriptions";
import { useServer } from "graphql-ws/lib/use/ws";
import { WebSocketServer } from "ws";

// The part of contract/schema.graphql that the load client selects.
const schema = buildSchema(`
  scalar DateTime
  type Query { ok: Boolean! }
  type ScheduleUpdate {
    scheduleId: ID
    academicYearId: ID
    userId: ID
    updateType: String!
    affectedBlocksCount: Int!
    message: String!
    timestamp: DateTime!
  }
  input ScheduleSubscriptionFilter { scheduleId: ID = null, updateTypes: [String!] = null }
  type Subscription {
    scheduleUpdates(filter: ScheduleSubscriptionFilter = null): ScheduleUpdate!
  }
`);

const pubsub = new PubSub();
pubsub.ee.setMaxListeners(0);
const everySchedule = "every schedule";

const watch = (_, { filter }) => pubsub.asyncIterableIterator(filter?.scheduleId ?? everySchedule);
const watchSome = withFilter(watch, ({ scheduleUpdates }, { filter }) =>
  filter.updateTypes.includes(scheduleUpdates.updateType),
);
schema.getSubscriptionType().getFields().scheduleUpdates.subscribe = (root, args, context, info) =>
  (args.filter?.updateTypes ? watchSome : watch)(root, args, context, info);

function publish(burst, event) {
  const scheduleUpdates = {
    scheduleId: event.schedule_id,
    academicYearId: event.academic_year_id,
    userId: event.user_id,
    updateType: event.update_type,
    affectedBlocksCount: event.affected_blocks_count,
    message: event.message,
    timestamp: event.timestamp,
  };
  for (let i = 0; i < burst; i++) {
    pubsub.publish(event.schedule_id, { scheduleUpdates });
    pubsub.publish(everySchedule, { scheduleUpdates });
  }
}

function onRequest(request, response) {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const url = new URL(request.url, "http://127.0.0.1");
    if (url.pathname === "/publish") {
      publish(Number(url.searchParams.get("burst")), JSON.parse(Buffer.concat(parts)));
    }
    response.writeHead(200, { "Content-Length": 0 }).end();
  });
}

const server = createServer(onRequest);
useServer(
  { schema },
  new WebSocketServer({ server, path: "/graphql", perMessageDeflate: false }),
);
server.listen({ host: "127.0.0.1", port: 0, backlog: 1024 }, () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
