#include "demo/simulator.hpp"

#include "reflect/json.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

namespace rotacast::demo {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Request = beast::http::request<beast::http::string_body>;
using Response = beast::http::response<beast::http::string_body>;

Response answer(beast::http::status status) {
    Response response(status, 11);
    response.keep_alive(true);
    response.prepare_payload();
    return response;
}

/// Accepts one connection after the other and answers requests with the result of `respond`; if
/// that is nothing, the request stays unanswered.
class FakeServer {
  public:
    using Respond = std::function<std::optional<Response>(const Request&, std::size_t number)>;

    explicit FakeServer(Respond respond) : respond_(std::move(respond)) {
        thread_ = std::thread([this] { serve(); });
    }
    ~FakeServer() {
        stopping_ = true;
        boost::system::error_code ignored;
        tcp::socket waker(io_);
        waker.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    std::vector<Request> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    std::size_t connections() const { return connections_; }

  private:
    void serve() {
        for (;;) {
            tcp::socket socket(io_);
            acceptor_.accept(socket);
            if (stopping_) return;
            ++connections_;
            serve(socket);
        }
    }

    void serve(tcp::socket& socket) {
        boost::beast::flat_buffer buffer;
        for (;;) {
            Request request;
            boost::system::error_code failure;
            beast::http::read(socket, buffer, request, failure);
            if (failure) return;
            std::size_t number = 0;
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(request);
                number = requests_.size();
            }
            const auto response = respond_(request, number);
            if (!response) continue;
            beast::http::write(socket, *response, failure);
            if (failure || !response->keep_alive()) return;
        }
    }

    asio::io_context io_;
    tcp::acceptor acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}};
    Respond respond_;
    mutable std::mutex mutex_;
    std::vector<Request> requests_;
    std::atomic<std::size_t> connections_ = 0;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

constexpr Options fast{
    events_per_minute_max, 1, std::chrono::milliseconds(1), std::chrono::milliseconds(2)};

/// The first `count` requests of a simulator whose server answers with `respond`.
std::vector<Request> first_requests(std::size_t count, FakeServer::Respond respond) {
    const auto programme = make_programme(7, 2025);
    std::promise<void> enough;
    FakeServer server([&](const Request& request, std::size_t number) {
        if (number == count) enough.set_value();
        return respond(request, number);
    });
    Simulator simulator(server.url(), "rk_test", programme, fast);
    simulator.start();
    enough.get_future().wait();
    simulator.stop();
    auto requests = server.requests();
    requests.resize(count);
    return requests;
}

std::string type_of(const Request& request) {
    const auto body = reflect::parse_json(request.body());
    return body->at(0).at("metadata").at("event_type").as_string().c_str();
}

TEST(Simulator, PublishesThroughIntakeLikeAnyBackEnd) {
    const auto requests =
        first_requests(4, [](auto&, auto) { return answer(beast::http::status::created); });
    for (const auto& request : requests) {
        EXPECT_EQ(request.method(), beast::http::verb::post);
        EXPECT_EQ(request.target(), "/api/v1/events");
        EXPECT_EQ(request["X-API-Key"], "rk_test");
        EXPECT_EQ(request[beast::http::field::content_type], "application/json");
    }
    EXPECT_EQ(type_of(requests[0]), "ScheduleCreated");
    EXPECT_EQ(type_of(requests[1]), "AssignmentCreated");
    EXPECT_EQ(reflect::parse_json(requests[1].body())->as_array().size(), 365u);
    EXPECT_EQ(reflect::parse_json(requests[2].body())->as_array().size(), 1u);
}

TEST(Simulator, RepeatsRejectedRequestsWithTheSameKey) {
    const auto requests = first_requests(4, [](auto&, std::size_t number) {
        if (number == 1) return answer(beast::http::status::service_unavailable);
        if (number == 2) return answer(beast::http::status::too_many_requests);
        return answer(beast::http::status::created);
    });
    EXPECT_FALSE(requests[0]["Idempotency-Key"].empty());
    for (const std::size_t repeated : {1u, 2u}) {
        EXPECT_EQ(requests[repeated]["Idempotency-Key"], requests[0]["Idempotency-Key"]);
        EXPECT_EQ(requests[repeated].body(), requests[0].body());
    }
    EXPECT_NE(requests[3]["Idempotency-Key"], requests[0]["Idempotency-Key"]);
    EXPECT_EQ(type_of(requests[3]), "AssignmentCreated");
}

TEST(Simulator, ContinuesAfterAnErrorResponse) {
    const auto requests = first_requests(2, [](auto&, std::size_t number) {
        return answer(number == 1 ? beast::http::status::unprocessable_entity
                                  : beast::http::status::created);
    });
    EXPECT_EQ(type_of(requests[0]), "ScheduleCreated");
    EXPECT_EQ(type_of(requests[1]), "AssignmentCreated");
}

TEST(Simulator, ConnectsAgainWhenTheServerCloses) {
    const auto requests = first_requests(3, [](auto&, auto) {
        auto response = answer(beast::http::status::created);
        response.keep_alive(false);
        return response;
    });
    EXPECT_NE(requests[1]["Idempotency-Key"], requests[2]["Idempotency-Key"]);
}

TEST(Simulator, StopsWhileARequestIsUnanswered) {
    const auto programme = make_programme(7, 2025);
    std::promise<void> asked;
    FakeServer server([&](auto&, std::size_t number) -> std::optional<Response> {
        if (number == 1) asked.set_value();
        return std::nullopt;
    });
    Simulator simulator(server.url(), "rk_test", programme, fast);
    simulator.start();
    asked.get_future().wait();
    simulator.stop();  // fails by the test's timeout if it waits for the request's ten seconds
    EXPECT_EQ(simulator.published(), 0u);
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST(Simulator, PublishesNoMoreThanTheScheduleWhilePaused) {
    const auto programme = make_programme(7, 2025);
    std::promise<void> filled;
    FakeServer server([&](auto&, std::size_t number) {
        if (number == 2) filled.set_value();
        return answer(beast::http::status::created);
    });
    auto options = fast;
    options.events_per_minute = 0;
    {
        Simulator simulator(server.url(), "rk_test", programme, options);
        simulator.start();
        filled.get_future().wait();
        simulator.stop();
        // The second response may or may not have been read before the stop.
        EXPECT_TRUE(simulator.published() == 1u || simulator.published() == 366u);
    }
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST(Simulator, AppliesAChangedSpeedAtOnce) {
    const auto programme = make_programme(7, 2025);
    std::promise<void> filled;
    std::promise<void> resumed;
    FakeServer server([&](auto&, std::size_t number) {
        if (number == 2) filled.set_value();
        if (number == 3) resumed.set_value();
        return answer(beast::http::status::created);
    });
    auto options = fast;
    options.events_per_minute = 0;
    Simulator simulator(server.url(), "rk_test", programme, options);
    simulator.start();
    filled.get_future().wait();
    simulator.set_speed(events_per_minute_max);
    resumed.get_future().wait();
    EXPECT_EQ(speed_json(simulator), "{\"events_per_minute\":6000.0}");
    simulator.stop();
    EXPECT_GE(server.requests().size(), 3u);
}

TEST(DemoSpeed, IsANumberWithinBounds) {
    EXPECT_EQ(parse_speed(R"({"events_per_minute":12})").value(), 12.0);
    EXPECT_EQ(parse_speed(R"({"events_per_minute":0.5})").value(), 0.5);
    EXPECT_EQ(parse_speed("{}").error().code, ErrorCode::missing_field);
    EXPECT_EQ(parse_speed("[]").error().code, ErrorCode::missing_field);
    EXPECT_EQ(parse_speed(R"({"events_per_minute":-1})").error().code, ErrorCode::invalid_field);
    EXPECT_EQ(parse_speed(R"({"events_per_minute":6001})").error().code, ErrorCode::invalid_field);
    EXPECT_EQ(parse_speed(R"({"events_per_minute":"12"})").error().code, ErrorCode::invalid_field);
    EXPECT_EQ(parse_speed("{").error().code, ErrorCode::bad_json);
}

}  // namespace
}  // namespace rotacast::demo
