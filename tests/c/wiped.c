/* What SECURITY.md says is wiped: looks for it in all memory that can be written, after everything
 * was freed. What the host's own buffers held is wiped by the test. Stacks are left out, as they are
 * in SECURITY.md. */
#define _DEFAULT_SOURCE
#include "wait.h"

#ifndef __linux__
int main(void) {
    puts("skipped: only Linux shows a process its memory");
    return 77;
}
#else
#include <fcntl.h>
#include <unistd.h>

#define HIDE 0x55

/* What is looked for, hidden so that it is not found here. */
typedef struct {
    char hidden[64];
    size_t len;
} needle_t;

/* A part of a text as a needle. */
static needle_t part_of(grantmint_str_t text, size_t start, size_t len) {
    needle_t needle = {.len = len};
    CHECK(len <= sizeof needle.hidden && start + len <= text.len);
    for (size_t i = 0; i < len; i++) {
        needle.hidden[i] = (char)(text.data[start + i] ^ HIDE);
    }
    return needle;
}

static needle_t middle_of(grantmint_str_t text) {
    return part_of(text, text.len / 3, 32);
}

/* Of a token: its signature, which no other token has. */
static needle_t end_of(grantmint_str_t text) {
    return part_of(text, text.len - 32, 32);
}

static bool is_at(const needle_t *needle, const char *bytes) {
    size_t i = 0;
    while (i < needle->len && bytes[i] == (char)(needle->hidden[i] ^ HIDE)) {
        i++;
    }
    return i == needle->len;
}

static char window[1 << 20];

static int copies_within(const needle_t *needle, int memory, unsigned long start, unsigned long end) {
    int found = 0;
    /* Windows overlap by all but one byte of a needle, so that none is cut in two or found twice. */
    for (unsigned long place = start; place < end; place += sizeof window - (needle->len - 1)) {
        size_t len = end - place < sizeof window ? end - place : sizeof window;
        ssize_t got = pread(memory, window, len, (off_t)place);
        for (ssize_t i = 0; i + (ssize_t)needle->len <= got; i++) {
            found += is_at(needle, window + i);
        }
    }
    memset(window, 0, sizeof window);
    return found;
}

/* How often a needle is in memory. */
static int copies_of(const needle_t *needle) {
    char line[512];
    int found = 0, memory = open("/proc/self/mem", O_RDONLY);
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(memory >= 0 && maps != NULL);
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, end, own = (unsigned long)window;
        char permissions[8];
        CHECK(sscanf(line, "%lx-%lx %7s", &start, &end, permissions) == 3);
        if (permissions[1] != 'w' || strstr(line, "[stack]")) {
            continue;
        }
        if (start <= own && own < end) {
            found += copies_within(needle, memory, start, own);
            start = own + sizeof window;
        }
        found += copies_within(needle, memory, start, end);
    }
    fclose(maps);
    close(memory);
    return found;
}

static int failed;

static void gone(const char *what, const needle_t *needle) {
    int found = copies_of(needle);
    if (found > 0) {
        fprintf(stderr, "%s: %d copies are left\n", what, found);
        failed++;
    }
}

static void there(const char *what, const needle_t *needle) {
    if (copies_of(needle) == 0) {
        fprintf(stderr, "%s is not found while it is in use\n", what);
        failed++;
    }
}

/* A text made of a word again and again, in a buffer to `drop`. The word itself is a literal, which
 * cannot be written and is not searched. */
static grantmint_str_t made_of(const char *start, const char *word, size_t len, const char *end) {
    char *text = malloc(len);
    CHECK(text != NULL);
    for (size_t i = 0, n = strlen(word); i < len; i++) {
        text[i] = word[i % n];
    }
    memcpy(text, start, strlen(start));
    memcpy(text + len - strlen(end), end, strlen(end));
    return (grantmint_str_t){text, len};
}

static void drop(grantmint_str_t text) {
    explicit_bzero((char *)text.data, text.len);
    free((char *)text.data);
}

/* The search finds what is left behind, else none of this shows anything. */
static void a_copy_that_is_not_wiped_is_found(void) {
    grantmint_str_t text = made_of("", "left-behind", 4000, "");
    needle_t needle = part_of(text, 2000, 40);
    CHECK(copies_of(&needle) > 0);
    char *data = (char *)text.data;
    free(data);
    CHECK(copies_of(&needle) > 0);
    text = made_of("", "and-wiped", 4000, "");
    needle = part_of(text, 2000, 40);
    drop(text);
    CHECK(copies_of(&needle) == 0);
}

static grantmint_api_key_t *key_of(grantmint_str_t secret) {
    grantmint_api_key_t *key = NULL;
    CHECK_OK(grantmint_api_key_new(ACCOUNT_SID, KEY_SID, secret, &key, &error));
    return key;
}

static void the_secret_of_a_key(void) {
    grantmint_str_t secret = made_of("", "qz7secret", 63, "");
    needle_t needle = part_of(secret, 9, 32);
    grantmint_api_key_t *key = key_of(secret);
    drop(secret);
    there("a key's secret", &needle);
    grantmint_token_minter_t *minter = NULL;
    CHECK_OK(grantmint_token_minter_new(key, NULL, &minter, &error));
    grantmint_api_key_free(key);
    grantmint_token_minter_free(minter);
    gone("a key's secret", &needle);
}

/* Of another service's token: the secret, the claims and the signature. */
static void a_token_of_another_service(void) {
    grantmint_str_t secret = made_of("", "sh4red", 40, "");
    /* Without an escape: JSON's reader has a copy of a text with some, as SECURITY.md says. */
    grantmint_str_t claims = made_of("{\"exp\":4000000000,\"a\":\"", "cl4im", 3000, "\"}");
    needle_t secret_part = part_of(secret, 2, 32), claims_part = part_of(claims, 1000, 32);
    grantmint_string_t *token = NULL;
    CHECK_OK(grantmint_sign(GRANTMINT_HS256, GRANTMINT_STR("{\"alg\":\"HS256\"}"), claims, secret,
                            &token, &error));
    drop(claims);
    grantmint_str_t jwt = grantmint_string_get(token);
    needle_t middle = middle_of(jwt), end = end_of(jwt);
    grantmint_decoded_t *decoded = NULL;
    CHECK_OK(grantmint_verify_jwt(jwt, secret, NULL, &decoded, &error));
    drop(secret);
    there("the claims of a token that was read", &claims_part);
    grantmint_decoded_free(decoded);
    grantmint_string_free(token);
    gone("the claims of a token that was read", &claims_part);
    gone("the secret that signed", &secret_part);
    gone("a signed token", &middle);
    gone("a signed token's signature", &end);
}

/* Two grants: the second makes the text of both grow. */
static grantmint_token_minter_t *minter_of(grantmint_api_key_t *key, grantmint_str_t playback,
                                           grantmint_str_t custom) {
    const grantmint_grant_t *grants[2];
    grantmint_grant_t *first = NULL, *second = NULL;
    CHECK_OK(grantmint_grant_new_playback(playback, &first, &error));
    CHECK_OK(grantmint_grant_new_custom(GRANTMINT_STR("more"), custom, &second, &error));
    grants[0] = first, grants[1] = second;
    grantmint_token_minter_options_t options = GRANTMINT_TOKEN_MINTER_OPTIONS_INIT;
    options.grants = grants;
    options.grants_len = 2;
    grantmint_token_minter_t *minter = NULL;
    CHECK_OK(grantmint_token_minter_new(key, &options, &minter, &error));
    grantmint_grant_free(first);
    grantmint_grant_free(second);
    return minter;
}

static void what_a_token_minter_holds(void) {
    grantmint_str_t playback = made_of("{\"a\":\"\\/", "hushgr4nt", 3000, "\"}");
    grantmint_str_t custom = made_of("\"\\n", "custom9", 9000, "\"");
    needle_t grant = part_of(playback, 1000, 32), other = part_of(custom, 3000, 32);
    grantmint_api_key_t *key = new_key();
    grantmint_token_minter_t *minter = minter_of(key, playback, custom);
    drop(playback);
    drop(custom);
    there("a grant of a minter", &grant);
    grantmint_string_t *token = NULL, *later = NULL;
    CHECK_OK(grantmint_token_minter_mint(minter, GRANTMINT_STR("alice"), &token, &error));
    CHECK_OK(grantmint_token_minter_mint_at(minter, GRANTMINT_STR("alice"), 4000000000, &later,
                                            &error));
    needle_t middle = middle_of(grantmint_string_get(token)),
             end = end_of(grantmint_string_get(token)), end_later = end_of(grantmint_string_get(later));
    grantmint_string_free(token);
    grantmint_string_free(later);
    gone("a token that was freed", &end);
    gone("a token of another second", &end_later);
    there("what all tokens share", &middle);
    grantmint_token_minter_free(minter);
    grantmint_api_key_free(key);
    gone("what all tokens shared", &middle);
    gone("a grant of a minter", &grant);
    gone("another grant of a minter", &other);
}

/* Each token is longer than the one before: whatever it is made in has to grow. */
static void tokens_in_the_callers_memory(void) {
    grantmint_api_key_t *key = new_key();
    grantmint_token_minter_t *minter = NULL;
    CHECK_OK(grantmint_token_minter_new(key, NULL, &minter, &error));
    needle_t ends[3];
    grantmint_str_t identities[3] = {GRANTMINT_STR("bob"), made_of("", "B", 99, ""),
                                     made_of("", "b\"", 512, "")};
    char *buffer = malloc(4096);
    CHECK(buffer != NULL);
    for (int i = 0; i < 3; i++) {
        size_t len = 0;
        CHECK_OK(grantmint_token_minter_mint_into(minter, identities[i], buffer, 4096, &len, &error));
        ends[i] = end_of((grantmint_str_t){buffer, len});
    }
    size_t len = 0;
    CHECK_STATUS(GRANTMINT_ERR_BUFFER_TOO_SMALL,
                 grantmint_token_minter_mint_into(minter, identities[0], buffer, 10, &len, &error));
    drop((grantmint_str_t){buffer, 4096});
    for (int i = 0; i < 3; i++) {
        gone("a token of mint_into, whose buffer was wiped", &ends[i]);
    }

    grantmint_strings_t *tokens = NULL;
    CHECK_OK(grantmint_token_minter_mint_many(minter, identities, 3, &tokens, &error));
    for (size_t i = 0; i < 3; i++) {
        ends[i] = end_of(grantmint_strings_get(tokens, i));
    }
    grantmint_strings_free(tokens);
    for (int i = 0; i < 3; i++) {
        gone("a token of mint_many", &ends[i]);
    }
    drop(identities[1]);
    drop(identities[2]);
    grantmint_token_minter_free(minter);
    grantmint_api_key_free(key);
}

/* The grant escapes a slash, as many writers of JSON do, and has a token of its own in its URL. */
#define URL "{\"playbackUrl\":\"https:\\/\\/x.example\\/?token=e30.eyJleHAiOjQwMDAwMDAwMDB9.c2ln&"

static void fetch(void *userdata, const grantmint_grant_request_t *request,
                  grantmint_ticket_t *ticket) {
    (void)userdata, (void)request;
    grantmint_str_t grant = made_of(URL, "f3tched", 4000, "\"}");
    CHECK_OK(grantmint_ticket_complete(ticket, grant, 0, &error));
    drop(grant);
}

static void what_a_playback_minter_holds(void) {
    grantmint_str_t same = made_of(URL, "f3tched", 4000, "\"}");
    needle_t grant = part_of(same, 2000, 32);
    drop(same);
    grantmint_playback_minter_t *minter =
        new_minter("http://127.0.0.1:71", fetch, NULL, NULL, NULL);
    grantmint_playback_token_t *token = NULL;
    CHECK_OK(grantmint_playback_minter_token(minter, STREAMER, GRANTMINT_STR("alice"), NULL, &token,
                                             &error));
    grantmint_string_t *next = NULL;
    CHECK_OK(grantmint_playback_minter_try_token(minter, STREAMER, GRANTMINT_STR("bob"), &next,
                                                 &error));
    grantmint_str_t jwt = grantmint_playback_token_jwt(token);
    needle_t middle = middle_of(jwt), end = end_of(jwt), end_next = end_of(grantmint_string_get(next));
    grantmint_playback_token_free(token);
    grantmint_string_free(next);
    gone("a playback token", &end);
    gone("a playback token of try_token", &end_next);
    there("a fetched grant", &grant);
    CHECK_OK(grantmint_playback_minter_purge(minter, &error));
    gone("a grant of a cache that was purged", &grant);
    gone("what tokens around that grant shared", &middle);
    grantmint_playback_minter_free(minter);
}

static void the_grants_of_a_cache(void) {
    grantmint_grant_cache_t *cache = NULL;
    CHECK_OK(grantmint_grant_cache_new(NULL, &cache, &error));
    grantmint_begin_t begun;
    CHECK_OK(grantmint_grant_cache_begin(cache, GRANTMINT_STR("key"), 60000, NULL, &begun, &error));
    grantmint_str_t grant = made_of("", "c4ched", 5000, "");
    needle_t needle = part_of(grant, 2000, 32);
    CHECK_OK(grantmint_ticket_complete(begun.ticket, grant, 0, &error));
    drop(grant);
    there("a cached grant", &needle);
    grantmint_waiter_free(begun.waiter);
    grantmint_grant_cache_free(cache);
    gone("a grant of a cache that was freed", &needle);
}

int main(void) {
    a_copy_that_is_not_wiped_is_found();
    the_secret_of_a_key();
    a_token_of_another_service();
    what_a_token_minter_holds();
    tokens_in_the_callers_memory();
    what_a_playback_minter_holds();
    the_grants_of_a_cache();
    return failed > 0;
}
#endif
