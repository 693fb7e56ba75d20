/* The header needs no other, and may be included twice and by several units of one program. */
#include <grantmint.h>
#include <grantmint.h>

grantmint_str_t from_other_unit(void);

/* What has to work at file scope and in an initialiser. */
static const grantmint_wait_options_t OPTIONS = GRANTMINT_WAIT_OPTIONS_INIT;

int main(void) {
    grantmint_str_t literal = GRANTMINT_STR("text"), terminated = grantmint_str("text");
    if (OPTIONS.struct_size != sizeof OPTIONS || literal.len != 4 || terminated.len != 4) {
        return 1;
    }
    return from_other_unit().len == grantmint_version().len ? 0 : 1;
}
