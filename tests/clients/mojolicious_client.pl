#!/usr/bin/perl
# rotacast.v1 with Perl's Mojolicious: watches a schedule and prints every message of the server, one
# JSON text per line. URL, TOKEN and SCHEDULE come from the environment.
use Mojo::Base -strict, -signatures;
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json encode_json);
use Mojo::UserAgent;
use Mojolicious;

STDOUT->autoflush;
my $agent = Mojo::UserAgent->new;
# Mojolicious 9.31 must not be made to offer permessage-deflate: see docs/clients.md.
my %headers = (Authorization => "Bearer $ENV{TOKEN}");

$agent->websocket(
    $ENV{URL} => \%headers => ['rotacast.v1'] => sub ($agent, $socket) {
        unless ($socket->is_websocket) {
            warn 'not connected: ', ($socket->error // {message => 'no WebSocket'})->{message}, "\n";
            return Mojo::IOLoop->stop;
        }
        # The agent's limit is 256 KiB; a larger message ends the connection with 1009.
        $socket->max_websocket_size(16 * 1024 * 1024);
        say encode_json({opened => $socket->protocol, library => "Mojolicious " . Mojolicious->VERSION});

        # `text` passes the bytes of a message on, `message` its characters.
        $socket->on(text => sub ($socket, $bytes) {
            say $bytes;
            $socket->send({json => {action => 'ping', id => 'seen'}})
                if decode_json($bytes)->{event_type} eq 'schedule_updated';
        });
        # Also if the connection was lost: then with 1006.
        $socket->on(finish => sub ($socket, $code, $reason) {
            say encode_json({closed => $code, reason => $reason // ''});
        });
        # Later than `finish`: by then the close frame has been answered.
        Mojo::IOLoop->stream($socket->connection)->on(close => sub { Mojo::IOLoop->stop });
        $socket->send({json => {action => 'subscribe', id => 'watch', schedules => [$ENV{SCHEDULE}]}});
    }
);
Mojo::IOLoop->start;
