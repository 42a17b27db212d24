#include "app/commands/server_client.hpp"

#include "store/scratch_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace rotacast::app {
namespace {

using http::Failure;
using http::FailureKind;
using net::TlsTrouble;

TEST(Advice, SaysWhatToDoAboutACertificate) {
    const auto about = [](TlsTrouble trouble) {
        return std::string(advice_for({FailureKind::tls, "", trouble}, true));
    };
    EXPECT_NE(about(TlsTrouble::unknown_authority).find("--ca-file"), std::string::npos);
    EXPECT_NE(about(TlsTrouble::other_name).find("--url"), std::string::npos);
    EXPECT_NE(about(TlsTrouble::expired).find("renewed"), std::string::npos);
    EXPECT_NE(about(TlsTrouble::not_yet_valid).find("clock"), std::string::npos);
    EXPECT_NE(about(TlsTrouble::no_tls).find("http://"), std::string::npos);
    EXPECT_EQ(about(TlsTrouble::none), "");
}

TEST(Advice, NamesTheOtherScheme) {
    const Failure broken{FailureKind::bad_answer, ""};
    EXPECT_NE(advice_for(broken, false).find("https://"), std::string_view::npos);
    EXPECT_EQ(advice_for(broken, true), "");
}

class ServerClientTest : public testing::Test {
  protected:
    std::string refusal(ServerFlags flags) {
        const auto opened = ServerClient::open(flags);
        return opened ? "" : opened.error().message;
    }
    ServerFlags flags(const std::string& url) {
        const auto file = folder_.file("token");
        std::ofstream(file) << "t\n";
        ServerFlags flags;
        flags.url = url;
        flags.token_file = file;
        return flags;
    }

  private:
    store::ScratchDirectory folder_;
};

TEST_F(ServerClientTest, RefusesWhatItCannotUse) {
    EXPECT_EQ(refusal(flags("https://rota.example/")), "");
    EXPECT_NE(refusal(flags("rota.example")).find("--url must be http://"), std::string::npos);
    auto trusting = flags("https://rota.example");
    trusting.ca_file = "/nonexistent/ca.pem";
    EXPECT_NE(refusal(trusting).find("/nonexistent/ca.pem"), std::string::npos);
    trusting.ca_file = trusting.token_file;
    EXPECT_NE(refusal(trusting).find("PEM"), std::string::npos);
}

// Otherwise the token would be sent in the clear by whoever mistyped the scheme.
TEST_F(ServerClientTest, RefusesAnAuthorityWithoutTls) {
    auto mistaken = flags("http://rota.example");
    mistaken.ca_file = "ca.pem";
    EXPECT_NE(refusal(mistaken).find("https://"), std::string::npos);
}

}  // namespace
}  // namespace rotacast::app
