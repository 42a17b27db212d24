#include "net/certificates.hpp"

#include "base/log.hpp"
#include "net/certificate_for_tests.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace rotacast::net {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Certificate;

const Timestamp noon = parse_timestamp("2026-06-01T12:00:00Z").value();

TEST(ExpiryReminder, SpeaksWithinFourteenDaysOnceADay) {
    ExpiryReminder reminder(noon - 24h, noon + 20 * 24h);
    EXPECT_EQ(reminder.due(noon), "");
    const auto first = reminder.due(noon + 7 * 24h);
    EXPECT_NE(first.find("expires in 13 days, at 2026-06-21T12:00:00.000Z"), std::string::npos)
        << first;
    EXPECT_EQ(reminder.due(noon + 7 * 24h + 23h), "");
    EXPECT_NE(reminder.due(noon + 8 * 24h), "");
    EXPECT_NE(reminder.due(noon + 21 * 24h).find("expired at 2026-06-21"), std::string::npos);
}

TEST(ExpiryReminder, SpeaksOfACertificateThatIsNotValidYet) {
    ExpiryReminder reminder(noon + 1h, noon + 90 * 24h);
    EXPECT_NE(reminder.due(noon).find("not valid before 2026-06-01T13:00"), std::string::npos);
    EXPECT_EQ(reminder.due(noon + 2h), "");
}

/// Has a folder for the files, and what was logged.
class CertificatesTest : public ::testing::Test {
  protected:
    CertificatesTest() {
        auto pattern = (fs::temp_directory_path() / "rotacast-XXXXXX").string();
        EXPECT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        spdlog::set_default_logger(std::make_shared<spdlog::logger>(
            "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(logged_)));
    }
    ~CertificatesTest() override {
        spdlog::set_default_logger(before_);
        fs::remove_all(folder_);
    }

    fs::path path(const std::string& name) const { return folder_ / name; }
    TlsFiles files() const { return {path("chain.pem"), path("key.pem")}; }

    /// Replaces a file as most programs do: by renaming another over it.
    static void replace(const fs::path& to, const fs::path& from) {
        const fs::path aside = to.string() + ".new";
        fs::copy_file(from, aside, fs::copy_options::overwrite_existing);
        fs::rename(aside, to);
    }
    void put_chain(const Certificate& from) const { replace(path("chain.pem"), from.file()); }
    void put_key(const Certificate& from) const { replace(path("key.pem"), from.key_file()); }
    void put(const Certificate& from) const {
        put_chain(from);
        put_key(from);
    }
    void write(const std::string& name, const std::string& content) const {
        std::ofstream(path(name)) << content;
    }

    std::shared_ptr<Certificates> open() {
        auto opened = Certificates::open(files(), now());
        EXPECT_TRUE(opened) << opened.error().message;
        return *opened;
    }
    std::string refusal() const {
        const auto loaded = load_certificate(files());
        return loaded ? "" : loaded.error().message;
    }

    /// What was logged since the last call.
    std::string said() {
        auto text = logged_.str();
        logged_.str("");
        return text;
    }

  private:
    fs::path folder_;
    std::ostringstream logged_;
    std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_F(CertificatesTest, NamesWhatItServes) {
    const Certificate one("DNS:rota.example,IP:127.0.0.1", 90 * 24h);
    put(one);
    open();
    const auto words = said();
    EXPECT_TRUE(has(words,
                    "subject CN=rotacast test, names DNS:rota.example, IP Address:127.0.0.1"
                    ", issuer CN=rotacast test, expires 20"))
        << words;
    EXPECT_FALSE(has(words, "renew")) << words;
}

TEST_F(CertificatesTest, AreReplacedWhenBothFilesFit) {
    const Certificate one("IP:127.0.0.1", 90 * 24h);
    const Certificate two("IP:127.0.0.1", 91 * 24h);
    put(one);
    const auto served = open();
    const auto first = served->context();
    said();
    served->look(now());
    put_chain(two);
    served->look(now());
    EXPECT_EQ(said(), "") << "the key may come at once";
    EXPECT_EQ(served->context(), first);
    for (int i = 0; i < 3; ++i) served->look(now());
    const auto words = said();
    EXPECT_TRUE(has(words, "does not belong to the certificate")) << words;
    EXPECT_TRUE(has(words, "The old certificate stays in service")) << words;
    EXPECT_EQ(words.find("stays"), words.rfind("stays")) << "told once: " << words;
    put_key(two);
    served->look(now());
    EXPECT_NE(served->context(), first);
    EXPECT_TRUE(has(said(), "new connections get it"));
    served->look(now());
    EXPECT_EQ(said(), "");
}

TEST_F(CertificatesTest, SayThatAChainIsInTheWrongOrder) {
    const Certificate own("IP:127.0.0.1", 90 * 24h);
    const Certificate authority("IP:127.0.0.1", 90 * 24h);
    put_key(own);
    const auto text_of = [](const std::string& file) {
        std::ifstream in(file);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    write("chain.pem", text_of(own.file()) + text_of(authority.file()));
    EXPECT_EQ(refusal(), "");
    write("chain.pem", text_of(authority.file()) + text_of(own.file()));
    EXPECT_TRUE(has(refusal(), "has its certificates in the wrong order; put the server's own"))
        << refusal();
    write("chain.pem", text_of(authority.file()));
    EXPECT_TRUE(has(refusal(), "does not belong to the certificate")) << refusal();
}

TEST_F(CertificatesTest, FollowLinksOfFilesAndOfTheFolder) {
    const Certificate one("IP:127.0.0.1", 90 * 24h);
    const Certificate two("IP:127.0.0.1", 91 * 24h);
    const auto put = [&](const std::string& folder, const Certificate& from) {
        fs::create_directory(path(folder));
        fs::copy_file(from.file(), path(folder) / "chain.pem");
        fs::copy_file(from.key_file(), path(folder) / "key.pem");
    };
    put("1", one);
    put("2", two);
    // As in a volume of Kubernetes: file -> ..data/file, ..data -> folder.
    fs::create_symlink("1", path("..data"));
    fs::create_symlink("..data/chain.pem", path("chain.pem"));
    fs::create_symlink("..data/key.pem", path("key.pem"));
    const auto served = open();
    const auto first = served->context();
    fs::create_symlink("2", path("..data_tmp"));
    fs::rename(path("..data_tmp"), path("..data"));
    served->look(now());
    const auto second = served->context();
    EXPECT_NE(second, first);
    // As certbot does: each link is replaced.
    for (const auto* name : {"chain.pem", "key.pem"}) {
        fs::remove(path(name));
        fs::create_symlink(std::string("1/") + name, path(name));
    }
    served->look(now());
    EXPECT_NE(served->context(), second);
}

TEST_F(CertificatesTest, StayWhenTheFilesAreBad) {
    const Certificate one("IP:127.0.0.1", 90 * 24h);
    const Certificate expired("IP:127.0.0.1", -1h);
    put(one);
    const auto served = open();
    const auto first = served->context();
    const auto refused = [&] {
        said();
        served->reload(files(), now());
        EXPECT_EQ(served->context(), first);
        return said();
    };
    fs::remove(path("chain.pem"));
    EXPECT_TRUE(has(refused(), "chain.pem cannot be read (No such file or directory)"));
    write("chain.pem", "no certificate");
    EXPECT_TRUE(has(refused(), "is no PEM certificate"));
    put(expired);
    EXPECT_TRUE(has(refused(), "expired at 20"));
    put_chain(one);
    write("key.pem", "");
    EXPECT_TRUE(has(refused(), "is no PEM private key"));
    fs::remove(path("key.pem"));
    fs::create_directory(path("key.pem"));
    EXPECT_TRUE(has(refused(), "key.pem cannot be read"));
    fs::remove(path("key.pem"));
    put_key(one);
    served->look(now());
    EXPECT_NE(served->context(), first);
}

TEST_F(CertificatesTest, RefuseAKeyWithAPassphraseWithoutAskingForIt) {
    const Certificate one("IP:127.0.0.1");
    put_chain(one);
    for (const auto* pem : {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n",
                            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"}) {
        write("key.pem", pem);
        EXPECT_TRUE(has(refusal(), "without a passphrase")) << refusal();
    }
}

TEST_F(CertificatesTest, AreServedAtTheStartEvenIfExpired) {
    const Certificate expired("IP:127.0.0.1", -1h);
    put(expired);
    const auto served = open();
    EXPECT_TRUE(has(said(), "clients refuse it"));
    served->look(now());
    EXPECT_EQ(said(), "") << "once a day";
    const Certificate renewed("IP:127.0.0.1", 90 * 24h);
    put(renewed);
    served->look(now());
    EXPECT_TRUE(has(said(), "new connections get it"));
}

TEST_F(CertificatesTest, CanBeReadFromOtherFiles) {
    const Certificate one("IP:127.0.0.1", 90 * 24h);
    const Certificate two("IP:127.0.0.1", 91 * 24h);
    put(one);
    const auto served = open();
    const auto first = served->context();
    served->reload({two.file(), two.key_file()}, now());
    EXPECT_NE(served->context(), first);
}

}  // namespace
}  // namespace rotacast::net
