/* What the NDK's crtbegin_so.o brings into every library: the handle that names it to the C library, and the call that
 * runs its exit functions when it is unloaded. */
__attribute__((visibility("hidden"))) void *__dso_handle = &__dso_handle;

extern void __cxa_finalize(void *);

__attribute__((destructor)) static void when_unloaded(void) {
    __cxa_finalize(&__dso_handle);
}
