/*===- CHeader.c - the C ABI as a C compiler sees it ----------------------===*/

#include "gdn-c/Runtime.h"

#include <stddef.h>

size_t gdnTestSizeOfTensor(void) { return sizeof(GdnTensor); }

size_t gdnTestSizeOfStatus(void) { return sizeof(GdnStatus); }
