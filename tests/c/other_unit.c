/* The second unit of header_alone.c. */
#include <grantmint.h>

grantmint_str_t from_other_unit(void);

grantmint_str_t from_other_unit(void) {
    return grantmint_version();
}
