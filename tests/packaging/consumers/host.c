/* Loads plug-ins, uses each while the others are there, unloads them, and does it all again; then
 * forks, which runs what they have left behind. Says how many copies of the library there were. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 4 };

static void *symbol(void *plugin, const char *name) {
    void *found = dlsym(plugin, name);
    if (found == NULL)
        fprintf(stderr, "%s\n", dlerror());
    return found;
}

/* Uses a plug-in, and returns which copy of the library it has. */
static const void *use(void *plugin) {
    int (*used)(void) = NULL;
    const void *(*library)(void) = NULL;
    void *found[] = {symbol(plugin, "plugin_use"), symbol(plugin, "plugin_library")};
    if (found[0] == NULL || found[1] == NULL)
        return NULL;
    memcpy(&used, &found[0], sizeof used);
    memcpy(&library, &found[1], sizeof library);
    int status = used();
    if (status != 0)
        fprintf(stderr, "status %d\n", status);
    return status == 0 ? library() : NULL;
}

static int different(const void **pointers, int count) {
    int found = 0;
    for (int i = 0; i < count; i++) {
        int before = 0;
        for (int j = 0; j < i; j++)
            before += pointers[j] == pointers[i];
        found += before == 0;
    }
    return found;
}

/* Copies of the library, or -1. */
static int round_of(char **paths, int count) {
    void *plugins[MOST];
    const void *libraries[MOST];
    for (int i = 0; i < count; i++) {
        plugins[i] = dlopen(paths[i], RTLD_NOW | RTLD_GLOBAL);
        if (plugins[i] == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return -1;
        }
    }
    for (int i = 0; i < count; i++) {
        libraries[i] = use(plugins[i]);
        if (libraries[i] == NULL)
            return -1;
    }
    for (int i = 0; i < count; i++)
        dlclose(plugins[i]);
    return different(libraries, count);
}

int main(int argc, char **argv) {
    int count = argc - 1;
    if (count < 1 || count > MOST)
        return 2;
    int first = round_of(argv + 1, count), second = round_of(argv + 1, count);
    if (first < 0 || first != second)
        return 1;
    pid_t child = fork();
    if (child == 0)
        _exit(round_of(argv + 1, count) == first ? 0 : 1);
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        return 1;
    printf("copies %d\n", first);
    return 0;
}
