/* For the test alone: what a library that was linked for Android's C library finds missing or different in this one. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

int *__errno(void) { return &errno; }
int __system_property_get(const char *name, char *value) { (void)name; value[0] = 0; return 0; }
void android_set_abort_message(const char *message) { (void)message; }

extern int __xpg_strerror_r(int, char *, size_t);
int posix_strerror_r(int error, char *text, size_t length) __asm__("strerror_r");
int posix_strerror_r(int error, char *text, size_t length) { return __xpg_strerror_r(error, text, length); }

/* Bionic numbers the questions in its own way. */
extern long __sysconf(int);
long bionic_sysconf(int name) __asm__("sysconf");
long bionic_sysconf(int name) {
    switch (name) {
        case 0x27: case 0x28: return getpagesize();
        case 0x60: case 0x61: return 2;
        default: return -1;
    }
}
