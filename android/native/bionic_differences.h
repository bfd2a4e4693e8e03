/* Included before libunwind, whose headers here are another C library's: bionic finds errno elsewhere, and had no
 * symbol called stderr before API 23. */
#include <stdio.h>
#undef stderr
#define fprintf(...) ((void)0)
#define fflush(stream) ((void)0)
#define __errno_location __errno
