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

#ifdef __arm__
/* On 32-bit machines bionic has one form of these structures, which is that of glibc's functions called 64. */
#include <dirent.h>
#include <sys/stat.h>

int bionic_stat(const char *path, struct stat64 *to) __asm__("stat");
int bionic_stat(const char *path, struct stat64 *to) { return stat64(path, to); }
int bionic_lstat(const char *path, struct stat64 *to) __asm__("lstat");
int bionic_lstat(const char *path, struct stat64 *to) { return lstat64(path, to); }
int bionic_fstat(int file, struct stat64 *to) __asm__("fstat");
int bionic_fstat(int file, struct stat64 *to) { return fstat64(file, to); }
struct dirent64 *bionic_readdir(DIR *folder) __asm__("readdir");
struct dirent64 *bionic_readdir(DIR *folder) { return readdir64(folder); }

/* Where the unwinder's table of a piece of code is: Android's loader tells. */
#include <link.h>
#include <stdint.h>

struct sought { uintptr_t at, table; int count; };

static int look(struct dl_phdr_info *info, size_t size, void *data) {
    struct sought *sought = data;
    uintptr_t table = 0;
    int count = 0, holds = 0;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t from = info->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_LOAD && sought->at >= from && sought->at < from + part->p_memsz) holds = 1;
        if (part->p_type == PT_ARM_EXIDX) table = from, count = (int)(part->p_memsz / 8);
    }
    if (!holds) return 0;
    sought->table = table;
    sought->count = count;
    return 1;
}

uintptr_t dl_unwind_find_exidx(uintptr_t at, int *count) {
    struct sought sought = {at, 0, 0};
    dl_iterate_phdr(look, &sought);
    *count = sought.count;
    return sought.table;
}
#endif
