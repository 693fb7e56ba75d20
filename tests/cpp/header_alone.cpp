// The header needs nothing before it, and may come twice and in two units of one program.
#include <grantmint.hpp>
#include <grantmint.hpp>

std::uint32_t version_of_other_unit();

int main() { return grantmint::version_number() == version_of_other_unit() ? 0 : 1; }
