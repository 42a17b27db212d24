// rotacast.v1 with Qt: watches a schedule and prints every message of the server, one JSON text per
// line. URL, TOKEN and SCHEDULE come from the environment.

#include <QCoreApplication>
#include <QNetworkRequest>
#include <QTextStream>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

int main(int count, char** arguments) {
    QCoreApplication application(count, arguments);
    QTextStream out(stdout);
    const auto say = [&](const QString& line) { out << line << Qt::endl; };

    QWebSocket socket;
    QObject::connect(&socket, &QWebSocket::connected, [&] {
        say(QStringLiteral(R"({"opened":"%1","library":"Qt %2"})")
                .arg(socket.subprotocol(), QLatin1String(qVersion())));
        socket.sendTextMessage(
            QStringLiteral(R"({"action":"subscribe","id":"watch","schedules":["%1"]})")
                .arg(qEnvironmentVariable("SCHEDULE")));
    });
    QObject::connect(&socket, &QWebSocket::textMessageReceived, [&](const QString& message) {
        say(message);
        if (message.startsWith(QLatin1String(R"({"event_type":"schedule_updated")")))
            socket.sendTextMessage(QStringLiteral(R"({"action":"ping","id":"seen"})"));
    });
    QObject::connect(&socket, &QWebSocket::disconnected, [&] {
        // closeCode() is 1000 also if the connection was lost or never made.
        const bool lost = socket.error() != QAbstractSocket::UnknownSocketError;
        say(QStringLiteral(R"({"closed":%1,"reason":"%2"})")
                .arg(lost ? 1006 : static_cast<int>(socket.closeCode()))
                .arg(socket.closeReason()));
        QCoreApplication::quit();
    });

    QNetworkRequest request(QUrl(qEnvironmentVariable("URL")));
    request.setRawHeader("Authorization", "Bearer " + qgetenv("TOKEN"));
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({QStringLiteral("rotacast.v1")});
    socket.open(request, options);
    return QCoreApplication::exec();
}
