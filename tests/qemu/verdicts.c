/* Calls liblachan.so through its UniFFI functions, as the Kotlin does, and prints each verdict as hex:
 *
 *     verdicts LIBRARY MODELS < list      a line "picture PATH" or "in TEXT" or "out TEXT" each
 *
 * Knows nothing of what the bytes mean: the same program runs on this machine's library and on a phone's, and the two
 * outputs must be equal. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { uint64_t capacity, length; uint8_t *data; } Buffer;
typedef struct { int32_t length; const uint8_t *data; } Bytes;
typedef struct { int8_t code; Buffer error; } Status;

static void *library;

static void *function(const char *name) {
    void *found = dlsym(library, name);
    if (!found) { fprintf(stderr, "%s is missing\n", name); exit(1); }
    return found;
}

static void must(const Status *status, const char *what) {
    if (status->code) {
        fprintf(stderr, "%s failed: %.*s\n", what, (int)status->error.length, (const char *)status->error.data);
        exit(1);
    }
}

/* What UniFFI reads: numbers with the high byte first, text with its length before it. */
typedef struct { uint8_t bytes[1024]; size_t length; } Message;

static void byte(Message *m, int value) { m->bytes[m->length++] = (uint8_t)value; }
static void number(Message *m, uint32_t value) { for (int i = 24; i >= 0; i -= 8) byte(m, value >> i); }
static void text(Message *m, const char *value) {
    size_t length = strlen(value);
    number(m, (uint32_t)length);
    memcpy(m->bytes + m->length, value, length);
    m->length += length;
}

static Buffer buffer(const void *data, size_t length) {
    Buffer (*from_bytes)(Bytes, Status *) = function("ffi_lachan_rustbuffer_from_bytes");
    Status status = {0};
    Bytes bytes = {(int32_t)length, data};
    Buffer made = from_bytes(bytes, &status);
    must(&status, "a buffer");
    return made;
}

static Buffer choice(uint32_t variant) {
    Message m = {.length = 0};
    number(&m, variant);
    return buffer(m.bytes, m.length);
}

static void print(Buffer answer) {
    for (uint64_t i = 0; i < answer.length; i++) printf("%02x", answer.data[i]);
    printf("\n");
    fflush(stdout);
}

static uint64_t open_shield(const char *models) {
    uint64_t (*open)(Buffer, Buffer, Status *) = function("uniffi_lachan_fn_constructor_shield_open");
    Message settings = {.length = 0}, terms = {.length = 0};
    byte(&settings, 1), text(&settings, models);
    byte(&settings, 0);                             /* no updates */
    number(&settings, 0), number(&settings, 1);     /* the development key, threshold 1 */
    byte(&settings, 1);                             /* test mode */
    number(&terms, 3), number(&terms, 1);           /* guided, under 13 */
    for (int i = 0; i < 5; i++) byte(&terms, 1);    /* every check */
    number(&terms, 1), byte(&terms, 0), byte(&terms, 0);    /* revealed freely, without a guardian */
    byte(&terms, 1);                                /* lessons */
    Status status = {0};
    uint64_t shield = open(buffer(settings.bytes, settings.length), buffer(terms.bytes, terms.length), &status);
    must(&status, "opening");
    return shield;
}

static uint64_t cloned(const char *name, uint64_t handle) {
    uint64_t (*clone)(uint64_t, Status *) = function(name);
    Status status = {0};
    uint64_t another = clone(handle, &status);
    must(&status, name);
    return another;
}

static void picture(uint64_t shield, const char *path) {
    Buffer (*check)(uint64_t, Bytes, Buffer, uint64_t, Status *) = function("uniffi_lachan_fn_method_shield_check_image");
    FILE *file = fopen(path, "rb");
    if (!file) { perror(path); exit(1); }
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(length + 1);
    if (fread(bytes, 1, length, file) != length) { perror(path); exit(1); }
    fclose(file);
    Bytes input = {(int32_t)length, bytes};
    Status status = {0};
    print(check(cloned("uniffi_lachan_fn_clone_shield", shield), input, choice(1), 1, &status));
    must(&status, "a picture");
    free(bytes);
}

static uint64_t open_talk(uint64_t shield) {
    uint64_t (*open)(uint64_t, Buffer, Buffer, Status *) = function("uniffi_lachan_fn_constructor_talk_new");
    Message empty = {.length = 0};
    number(&empty, 0);
    Status status = {0};
    uint64_t talk = open(cloned("uniffi_lachan_fn_clone_shield", shield), choice(1), buffer(empty.bytes, empty.length), &status);
    must(&status, "a talk");
    return talk;
}

static void message(uint64_t talk, const char *words, int outgoing, double minutes) {
    Buffer (*check)(uint64_t, Buffer, int8_t, double, Status *) = function("uniffi_lachan_fn_method_talk_check");
    Status status = {0};
    Buffer answer = check(cloned("uniffi_lachan_fn_clone_talk", talk), buffer(words, strlen(words)), (int8_t)outgoing, minutes, &status);
    must(&status, "a message");
    print(answer);
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) { fprintf(stderr, "%s\n", dlerror()); return 1; }
    uint64_t shield = open_shield(arguments[2]), talk = open_talk(shield);
    char line[4096];
    double minutes = 0;
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (!strncmp(line, "picture ", 8)) picture(shield, line + 8);
        else if (!strncmp(line, "in ", 3)) message(talk, line + 3, 0, minutes += 3);
        else if (!strncmp(line, "out ", 4)) message(talk, line + 4, 1, minutes += 3);
        else return 2;
    }
    return 0;
}
