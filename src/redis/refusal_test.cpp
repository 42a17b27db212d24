#include "redis/refusal.hpp"

#include <gtest/gtest.h>

namespace rotacast::redis {
namespace {

std::string kind_of_error(const std::string& text) {
    return std::string(to_string(refusal_of(ErrorReply{text}).kind));
}

// What Redis 7.0 sends.
TEST(Refusal, KnowsTheErrorsOfRedis) {
    const std::pair<const char*, const char*> errors[]{
        {"NOAUTH Authentication required.", "password_missing"},
        {"WRONGPASS invalid username-password pair or user is disabled.", "password_wrong"},
        {"ERR AUTH <password> called without any password configured for the default user. Are "
         "you sure your configuration is correct?",
         "password_unknown"},
        {"NOPERM this user has no permissions to run the 'xadd' command", "not_permitted"},
        {"ERR ACL failure in script: User x has no permissions to run the 'set' command",
         "not_permitted"},
        {"ERR The user executing the script can't publish to the channel mentioned in the command",
         "not_permitted"},
        {"READONLY You can't write against a read only replica.", "read_only"},
        {"MOVED 3999 127.0.0.1:6381", "moved"},
        {"ASK 3999 127.0.0.1:6381", "moved"},
        {"CLUSTERDOWN Hash slot not served", "cluster_down"},
        {"LOADING Redis is loading the dataset in memory", "loading"},
        {"OOM command not allowed when used memory > 'maxmemory'.", "out_of_memory"},
        {"MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist "
         "to disk.",
         "cannot_persist"},
        {"NOSCRIPT No matching script. Please use EVAL.", "script_missing"},
        {"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
         "script_running"},
        {"NOREPLICAS Not enough good replicas to write.", "too_few_replicas"},
        {"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
         "primary_lost"},
        {"UNBLOCKED force unblock from blocking operation, instance state changed (master -> "
         "replica?)",
         "unblocked"},
        {"ERR unknown command 'XAUTOCLAIM', with args beginning with: 'k' ", "unknown_command"},
        {"WRONGTYPE Operation against a key holding the wrong kind of value", "wrong_type"},
        {"ERR DB index is out of range", "no_such_database"},
        {"ERR max number of clients reached", "too_many_clients"},
        {"DENIED Redis is running in protected mode because", "protected_mode"},
        {"ERR SELECT is not allowed in cluster mode", "is_cluster"},
        {"ERR syntax error", "other_error"},
    };
    for (const auto& [text, kind] : errors) EXPECT_EQ(kind_of_error(text), kind) << text;
}

TEST(Refusal, ComparesWholeCodes) {
    EXPECT_EQ(kind_of_error("BUSYGROUP Consumer Group name already exists"), "other_error");
    EXPECT_EQ(kind_of_error("BUSYKEY Target key name already exists."), "other_error");
    EXPECT_EQ(kind_of_error("ASKING"), "other_error");
    EXPECT_EQ(kind_of_error(""), "other_error");
}

// Redis 6.2 puts the code of an error within a script behind where it happened.
TEST(Refusal, LooksIntoErrorsOfScripts) {
    const std::string begin =
        "ERR Error running script (call to f_6b1bf486c81ceb7edf3c093f4a48582b70b38ba4): "
        "@user_script:1: @user_script: 1: ";
    EXPECT_EQ(kind_of_error(begin + "-OOM command not allowed when used memory > 'maxmemory'."),
              "out_of_memory");
    EXPECT_EQ(kind_of_error(begin + "-READONLY You can't write against a read only replica."),
              "read_only");
    EXPECT_EQ(kind_of_error(begin + "Unknown Redis command called from Lua script"),
              "unknown_command");
    EXPECT_EQ(kind_of_error(begin + "Script attempted to access nonexistent global variable"),
              "other_error");
}

TEST(Refusal, SaysWhatToDo) {
    for (auto kind = 0; kind <= static_cast<int>(RefusalKind::no_primary_known); ++kind) {
        const auto why = refusal(static_cast<RefusalKind>(kind));
        EXPECT_TRUE(why.message.ends_with('.') || why.message.ends_with('?')) << why.message;
        EXPECT_NE(to_string(why.kind), "");
        EXPECT_EQ(why.kind, static_cast<RefusalKind>(kind));
    }
    EXPECT_EQ(refusal(RefusalKind::closed, "It was so").message,
              "It was so. We have closed the connection to Redis.");
}

TEST(Refusal, SaysWhetherToWaitToReconnectOrToGiveUp) {
    EXPECT_EQ(remedy_for(RefusalKind::loading), Remedy::wait);
    EXPECT_EQ(remedy_for(RefusalKind::out_of_memory), Remedy::wait);
    EXPECT_EQ(remedy_for(RefusalKind::read_only), Remedy::reconnect);
    EXPECT_EQ(remedy_for(RefusalKind::broken), Remedy::reconnect);
    EXPECT_EQ(remedy_for(RefusalKind::password_wrong), Remedy::give_up);
    EXPECT_EQ(remedy_for(RefusalKind::is_cluster), Remedy::give_up);
}

TEST(Refusal, RepeatsNoArgument) {
    const auto why =
        refusal_of({"ERR unknown command 'AUTHX', with args beginning with: 'rota' 'geheim' "});
    EXPECT_NE(why.message.find("AUTHX"), std::string::npos);
    EXPECT_EQ(why.message.find("geheim"), std::string::npos);
    EXPECT_NE(refusal_of({"NOPERM this user has no permissions to run the 'xadd' command"})
                  .message.find("'xadd'"),
              std::string::npos);
    EXPECT_EQ(refusal_of({"ERR a\nb"}).message.find('\n'), std::string::npos);
    EXPECT_LT(refusal_of({"ERR " + std::string(10'000, 'x')}).message.size(), 500u);
}

TEST(Refusal, AsAnErrorIsUnavailable) {
    const auto error = to_error(refusal(RefusalKind::silent));
    EXPECT_EQ(error.code, ErrorCode::unavailable);
    EXPECT_FALSE(error.message.empty());
}

}  // namespace
}  // namespace rotacast::redis
