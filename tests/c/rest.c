/* Services that are described and not programmed, as tests/vectors have them: with_services.py answers. */
#include "check.h"
#include "rest_row.h"
#include "rest_rows.h"

static grantmint_str_t given(const char *text) {
    return text == NULL ? (grantmint_str_t){NULL, 0} : grantmint_str(text);
}

static grantmint_status_t source_of(const char *json, const rest_secret_t *secrets, size_t count,
                                    grantmint_rest_source_t **source, grantmint_error_t **error) {
    grantmint_named_text_t named[2] = {{{NULL, 0}, {NULL, 0}}};
    for (size_t i = 0; i < count; i++) {
        named[i].name = grantmint_str(secrets[i].name);
        named[i].text = grantmint_str(secrets[i].text);
    }
    return grantmint_rest_source_new(grantmint_str(json), named, count, source, error);
}

static void is_asked_and_read(const rest_service_t *row, const char *server) {
    char json[4096];
    int length = snprintf(json, sizeof json, "%s%s%s", row->before, server, row->after);
    CHECK(length > 0 && (size_t)length < sizeof json);
    grantmint_rest_source_t *source = NULL;
    CHECK_OK(source_of(json, row->secrets, row->secrets_len, &source, &error));
    grantmint_credential_options_t options = GRANTMINT_CREDENTIAL_OPTIONS_INIT;
    options.isolated = GRANTMINT_ON;
    grantmint_credential_t *credential = NULL;
    CHECK_OK(grantmint_credential_new(source, &options, &credential, &error));
    grantmint_rest_source_free(source);

    grantmint_issued_t *issued = NULL;
    CHECK_OK(grantmint_credential_get(credential, given(row->key), NULL, &issued, &error));
    CHECK(is(grantmint_issued_value(issued), row->hands_out));
    CHECK(grantmint_issued_is_json(issued) == (row->is_json != 0));
    double remaining = grantmint_issued_remaining_ms(issued) / 1000.0;
    CHECK(remaining <= row->lifetime && remaining > 0.9 * row->lifetime - 31);
    CHECK(grantmint_issued_freshness(issued) == GRANTMINT_FRESH);
    grantmint_issued_free(issued);
    grantmint_credential_free(credential);
}

static void is_refused(const rest_refused_t *row) {
    grantmint_rest_source_t *source = NULL;
    grantmint_error_t *error = NULL;
    CHECK(source_of(row->json, row->secrets, row->secrets_len, &source, &error) != GRANTMINT_OK);
    bool is_right = is(grantmint_error_code(error), row->code) &&
                    is(grantmint_error_argument(error), row->argument) &&
                    !contains(grantmint_error_message(error), "hush");
    if (!is_right) {
        grantmint_str_t message = grantmint_error_message(error);
        fprintf(stderr, "%s: %.*s\n", row->name, (int)message.len, message.data);
    }
    CHECK(is_right && source == NULL);
    grantmint_error_free(error);
}

int main(void) {
    const char *server = getenv("GRANTMINT_SERVICES");
    CHECK(server != NULL);
    for (size_t i = 0; i < sizeof REST_SERVICES / sizeof *REST_SERVICES; i++) {
        is_asked_and_read(&REST_SERVICES[i], server);
    }
    for (size_t i = 0; i < sizeof REST_REFUSED / sizeof *REST_REFUSED; i++) {
        is_refused(&REST_REFUSED[i]);
    }
    return 0;
}
