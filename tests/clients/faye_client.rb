# rotacast.v1 with Ruby's faye-websocket: watches a schedule and prints every message of the server, one
# JSON text per line. URL, TOKEN and SCHEDULE come from the environment.
require 'eventmachine'
require 'faye/websocket'
require 'json'

$stdout.sync = true
version = Gem.loaded_specs['faye-websocket'] || Gem::Specification.find_by_name('faye-websocket')

EventMachine.run do
  socket = Faye::WebSocket::Client.new(
    ENV.fetch('URL'), ['rotacast.v1'], headers: { 'Authorization' => "Bearer #{ENV.fetch('TOKEN')}" }
  )
  socket.on(:open) do
    puts JSON.generate(opened: socket.protocol, library: "faye-websocket #{version.version}")
    socket.send(JSON.generate(action: 'subscribe', id: 'watch', schedules: [ENV.fetch('SCHEDULE')]))
  end
  socket.on(:message) do |event|
    puts event.data
    socket.send(JSON.generate(action: 'ping', id: 'seen')) if JSON.parse(event.data)['event_type'] == 'schedule_updated'
  end
  # Also if the connection was lost: then with 1006.
  socket.on(:close) do |event|
    puts JSON.generate(closed: event.code, reason: event.reason)
    EventMachine.stop
  end
end
