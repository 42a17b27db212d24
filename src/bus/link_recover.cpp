#include "bus/chain.hpp"

#include <boost/core/demangle.hpp>

#include <exception>
#include <typeinfo>

namespace rotacast::bus {

Outcome recover(const Handler& handler, const Entry& entry, HandlerContext& context) {
    try {
        return handler(entry, context);
    } catch (const std::exception& thrown) {
        return Outcome::failed(boost::core::demangle(typeid(thrown).name()), thrown.what());
    } catch (...) {
        return Outcome::failed("UnknownException", "Something was thrown that is no exception.");
    }
}

}  // namespace rotacast::bus
