/*===- gdn-c/Runtime.h - C ABI of compiled kernels ----------------*- C -*-===*\
|*                                                                            *|
|* What a compiled kernel and its caller exchange: tensor descriptors go in,  *|
|* a status comes out. Plain C99, no allocation, no global state. Values of   *|
|* enumerators and layouts of structs are fixed within GDN_ABI_VERSION.       *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GDN_C_RUNTIME_H
#define GDN_C_RUNTIME_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Raised by one whenever a layout or an enumerator below changes. */
#define GDN_ABI_VERSION 1

/**
 * The type of a tensor's elements, in the host's byte order. 0 is no type, so
 * that a zeroed descriptor is refused.
 */
typedef enum GdnDType {
  GDN_DTYPE_F64 = 1,
  GDN_DTYPE_F32 = 2,
  GDN_DTYPE_F16 = 3,  /**< IEEE 754 binary16. */
  GDN_DTYPE_BF16 = 4, /**< The upper half of a binary32. */
  GDN_DTYPE_I64 = 5,
  GDN_DTYPE_I32 = 6,
  GDN_DTYPE_I16 = 7,
  GDN_DTYPE_I8 = 8,
  GDN_DTYPE_U8 = 9,
  GDN_DTYPE_BOOL = 10 /**< One byte: 0 is false, anything else is true. */
} GdnDType;

/**
 * A view of a tensor. It owns nothing: `data`, `sizes` and `strides` belong to
 * the caller and must outlive the call that takes the descriptor (for `data` on
 * a device: the work that the call enqueues).
 */
typedef struct GdnTensor {
  /** Address of element [0, ..., 0], on the memory the call asks for. May be
   *  NULL only if the tensor has no elements. */
  void *data;
  /** Type of the elements. */
  GdnDType dtype;
  /** Number of dimensions; 0 is a scalar. */
  int32_t rank;
  /** `rank` sizes, none negative. May be NULL if `rank` is 0. */
  const int64_t *sizes;
  /** `rank` distances between neighbours, in elements (not bytes). NULL means
   *  row-major: the last dimension is contiguous. */
  const int64_t *strides;
} GdnTensor;

/** How a call ended. */
typedef enum GdnStatusCode {
  /** The call did what it promises. */
  GDN_STATUS_OK = 0,
  /** An argument breaks the callee's contract: a shape, a dtype, a stride. */
  GDN_STATUS_INVALID_ARGUMENT = 1,
  /** The request is legal, but this build or this chip cannot serve it. */
  GDN_STATUS_UNSUPPORTED = 2,
  /** Memory or workspace does not suffice. */
  GDN_STATUS_OUT_OF_MEMORY = 3,
  /** The device or its driver reported an error. */
  GDN_STATUS_DEVICE_ERROR = 4,
  /** A defect of this library. */
  GDN_STATUS_INTERNAL = 5
} GdnStatusCode;

/** Room for a status message, its terminating zero included, in bytes. */
#define GDN_STATUS_MESSAGE_SIZE 252

/** The outcome of a call, by value: nothing to free, safe across threads. */
typedef struct GdnStatus {
  GdnStatusCode code;
  /** One lower-case sentence without a full stop, zero-terminated, cut to fit;
   *  empty if `code` is GDN_STATUS_OK. */
  char message[GDN_STATUS_MESSAGE_SIZE];
} GdnStatus;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GDN_C_RUNTIME_H */
