// The one place that holds the bodies of Boost.Asio and Boost.Beast; see src/CMakeLists.txt.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
