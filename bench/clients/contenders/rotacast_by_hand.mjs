// rotacast.v1 as docs/protocol.md describes it, on npm ws without a library: it keeps the cursor,
// and resumes from it a second after each end.
import WebSocket from 'ws';
import { SCHEDULE } from '../numbered_events.mjs';
export { serve } from './rotacast_server.mjs';

export const title = 'rotacast.v1 by hand';

const AWAY_MS = 1000;

export function connect({ port, token, received }) {
  let cursor;
  const open = () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['rotacast.v1', `bearer.${token()}`], { perMessageDeflate: false });
    socket.on('open', () => {
      const command = cursor ? { action: 'resume', cursor } : { action: 'subscribe' };
      socket.send(JSON.stringify({ ...command, schedules: [SCHEDULE] }));
    });
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (message.event_type === 'schedule_updated') received(message);
      if (message.event_type === 'token_expiring') socket.send(JSON.stringify({ action: 'refresh_token', token: token() }));
      cursor = message.cursor ?? cursor;
    });
    socket.on('error', () => {}); // followed by 'close'
    socket.on('close', () => setTimeout(open, AWAY_MS));
  };
  open();
}
