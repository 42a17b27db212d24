// GraphQL subscriptions that miss nothing when the connection ends. npm's graphql-ws comes back by
// itself, but subscribes with the variables of the first time: what happened in between is lost.
// Here it continues after the last event that it has delivered.
//
//     const client = createClient({ url, connectionParams, shouldRetry: () => true, retryAttempts: Infinity });
//     const variables = { after: await present(client) };
//     subscribeFrom(client, { query, variables }, sink);
//
// The document passes `$after: Cursor` to its field, and selects `cursor`. For Apollo Client and urql:
//
//     new GraphQLWsLink({ ...client, subscribe: (request, sink) => subscribeFrom(client, request, sink) })

/** Where to continue after this result; undefined if that has not changed. */
function cursorAfter({ data, extensions }) {
  const gap = extensions?.gap;
  // Of a superseded range, some events still follow.
  if (gap) return gap.reason === 'superseded' ? undefined : gap.to;
  return Object.values(data ?? {})[0]?.cursor;
}

/** Like client.subscribe(). */
export function subscribeFrom(client, { variables, ...request }, sink) {
  // graphql-ws keeps this object, and sends it again each time that it comes back.
  const repeated = { ...request, variables: { ...variables } };
  return client.subscribe(repeated, {
    next(result) {
      repeated.variables.after = cursorAfter(result) ?? repeated.variables.after;
      sink.next(result);
    },
    error: (error) => sink.error(error),
    complete: () => sink.complete(),
  });
}

/** The present, as a cursor: a subscription `after` it misses nothing from here on. */
export const present = (client) =>
  new Promise((resolve, reject) => {
    client.subscribe({ query: '{ cursor }' }, {
      next: ({ data, errors }) => (data ? resolve(data.cursor) : reject(errors)),
      error: reject,
      complete: () => {},
    });
  });
