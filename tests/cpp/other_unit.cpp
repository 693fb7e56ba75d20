// The other unit of header_alone.cpp.
#include <grantmint.h>
#include <grantmint.hpp>

std::uint32_t version_of_other_unit() { return grantmint::version_number(); }
