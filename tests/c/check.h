/* What the tests in C share. */
#ifndef GRANTMINT_TESTS_CHECK_H
#define GRANTMINT_TESTS_CHECK_H

#include <grantmint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNT_SID GRANTMINT_STR("AC00000000000000000000000000000001")
#define KEY_SID GRANTMINT_STR("SK00000000000000000000000000000002")
#define SECRET GRANTMINT_STR("a secret of more than 32 characters in all")
#define STREAMER GRANTMINT_STR("VJ00000000000000000000000000000003")
#define SHORT_GRANT GRANTMINT_STR("{\"playbackUrl\":\"https://example.com/\"}")

/* Ends the test with what was expected and where. */
#define CHECK(condition)                                                                     \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                  \
            exit(1);                                                                         \
        }                                                                                    \
    } while (0)

/* The status of a call that takes `&error` last: shows the message if it is another. */
#define CHECK_STATUS(expected, call)                                                         \
    do {                                                                                     \
        grantmint_error_t *error = NULL;                                                     \
        grantmint_status_t status_ = call;                                                   \
        check_status(expected, status_, error, #call, __FILE__, __LINE__);                   \
    } while (0)

#define CHECK_OK(call) CHECK_STATUS(GRANTMINT_OK, call)

static inline void check_status(grantmint_status_t expected, grantmint_status_t status,
                                grantmint_error_t *error, const char *call, const char *file,
                                int line) {
    if (status != expected) {
        grantmint_str_t message = grantmint_error_message(error);
        fprintf(stderr, "%s:%d: expected %d, got %d (%.*s): %s\n", file, line, (int)expected,
                (int)status, (int)message.len, message.data ? message.data : "", call);
        exit(1);
    }
    /* An error is there whenever a call fails, and agrees with the status. */
    if (grantmint_error_status(error) != status || (error == NULL) != (status == GRANTMINT_OK)) {
        fprintf(stderr, "%s:%d: the error is not that of the status: %s\n", file, line, call);
        exit(1);
    }
    grantmint_error_free(error);
}

static inline bool same(grantmint_str_t a, grantmint_str_t b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool is(grantmint_str_t a, const char *b) {
    return same(a, grantmint_str(b));
}

static inline bool contains(grantmint_str_t text, const char *part) {
    size_t len = strlen(part);
    for (size_t start = 0; start + len <= text.len; start++) {
        if (memcmp(text.data + start, part, len) == 0) {
            return true;
        }
    }
    return false;
}

static inline grantmint_api_key_t *new_key(void) {
    grantmint_api_key_t *key = NULL;
    CHECK_OK(grantmint_api_key_new(ACCOUNT_SID, KEY_SID, SECRET, &key, &error));
    return key;
}

/* A member of a table that tables.py writes: a number, a text, nothing, or not there at all. */
typedef struct {
    enum { ABSENT, IS_NUMBER, IS_TEXT, IS_NOTHING } kind;
    double number;
    grantmint_str_t text;
} value_t;

#define NUMBER(value) {.kind = IS_NUMBER, .number = (value)}
#define TEXT(literal) {.kind = IS_TEXT, .text = {"" literal, sizeof(literal) - 1}}
#define NOTHING {.kind = IS_NOTHING}

#endif
