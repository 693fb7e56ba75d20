/* Services as tests/vectors describe them, and wrong descriptions: rows of rest_rows.h, which tables.py
 * writes. For C and C++. */
#ifndef GRANTMINT_TESTS_REST_ROW_H
#define GRANTMINT_TESTS_REST_ROW_H

#include <stddef.h>

typedef struct {
    const char *name, *text;
} rest_secret_t;

typedef struct {
    const char *name;
    /* The description, before and behind the address of the server. */
    const char *before, *after;
    rest_secret_t secrets[2];
    size_t secrets_len;
    /* For whom, or NULL. */
    const char *key;
    /* What is handed out, and for how many seconds that is good. */
    const char *hands_out;
    int is_json;
    double lifetime;
} rest_service_t;

typedef struct {
    const char *name;
    const char *json;
    rest_secret_t secrets[2];
    size_t secrets_len;
    /* Of the error. */
    const char *code, *argument;
} rest_refused_t;

#endif
