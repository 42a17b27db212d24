#include "app/demo_accounts.hpp"

#include "app/demo_access_file.hpp"
#include "auth/password.hpp"
#include "store/scratch_directory.hpp"
#include "store/sqlite_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace rotacast::app {
namespace {

namespace fs = std::filesystem;
SCRATCH
