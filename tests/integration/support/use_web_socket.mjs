// The original's React hook in its two versions, as the wire specification describes them (§5.1 and
// §5.2): SNAKE is the older one with keys in snake_case, CAMEL the newer one. Both retry for ever,
// double the interval before its first use, drop what is sent while there is no connection, and send
// the same token again. `page` is what they use of a page's window.
import { useCallback, useEffect, useRef, useState } from 'react';

const JITTER_MS = 1000;

const DEFAULTS = { reconnectInterval: 1000, maxReconnectInterval: 30_000, pingInterval: 30_000 };

const withSocketPath = (url) => `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws`;

const camelKey = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

function camel(value) {
  if (Array.isArray(value)) return value.map(camel);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camelKey(key), camel(inner)]));
}

export const SNAKE = {
  type: 'event_type',
  keys: { schedule: 'schedule_id', person: 'person_id' },
  address: withSocketPath,
  received: (message) => message,
};

export const CAMEL = {
  type: 'eventType',
  keys: { schedule: 'scheduleId', person: 'personId' },
  address: (url) => withSocketPath(url.includes('/api/v1') ? url : `${url.replace(/\/$/, '')}/api/v1`),
  received: camel,
};

export function useWebSocket(version, page, { url, token, onMessage, onConnect, ...given }) {
  const options = { ...DEFAULTS, ...given };
  const [connectionState, setConnectionState] = useState('disconnected');
  const [lastMessage, setLastMessage] = useState(null);
  const socket = useRef(null);
  const interval = useRef(options.reconnectInterval);
  const manual = useRef(false);
  const timers = useRef({});
  const callbacks = useRef({});
  callbacks.current = { onMessage, onConnect };

  const send = useCallback((command) => {
    if (socket.current?.readyState === 1) socket.current.send(JSON.stringify(command));
  }, []);

  const connect = useCallback(() => {
    manual.current = false;
    setConnectionState((state) => (state === 'reconnecting' ? state : 'connecting'));
    const query = token ? `?token=${encodeURIComponent(token)}` : '';
    const opened = new page.WebSocket(version.address(url) + query);
    socket.current = opened;
    opened.onopen = () => {
      interval.current = options.reconnectInterval;
      timers.current.ping = page.setInterval(() => send({ action: 'ping' }), options.pingInterval);
      setConnectionState('connected');
      callbacks.current.onConnect?.();
    };
    opened.onmessage = ({ data }) => {
      const message = version.received(JSON.parse(data));
      if (!message[version.type]) return;
      setLastMessage(message);
      callbacks.current.onMessage?.(message);
    };
    opened.onclose = () => {
      page.clearInterval(timers.current.ping);
      if (manual.current) return setConnectionState('disconnected');
      setConnectionState('reconnecting');
      interval.current = Math.min(interval.current * 2, options.maxReconnectInterval);
      timers.current.retry = page.setTimeout(connect, interval.current + Math.random() * JITTER_MS);
    };
  }, [version, page, url, token]);

  const end = useCallback((reason) => {
    manual.current = true;
    page.clearTimeout(timers.current.retry);
    socket.current?.close(1000, reason);
  }, [page]);

  useEffect(() => {
    connect();
    return () => end('Component unmount');
  }, [connect, end]);

  return { connectionState, lastMessage, send, disconnect: () => end('Client disconnect') };
}

/** The hook for one `kind`, 'schedule' or 'person': it subscribes whenever it is connected. */
export function useWatching(version, kind, id, page, options) {
  const hook = useWebSocket(version, page, options);
  const { connectionState, send } = hook;
  useEffect(() => {
    if (connectionState !== 'connected' || !id) return undefined;
    send({ action: `subscribe_${kind}`, [version.keys[kind]]: id });
    return () => send({ action: `unsubscribe_${kind}`, [version.keys[kind]]: id });
  }, [version, kind, connectionState, id, send]);
  return hook;
}
