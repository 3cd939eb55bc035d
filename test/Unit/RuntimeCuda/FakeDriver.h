//===- FakeDriver.h - a CUDA driver without a GPU -------------------------===//

#include "runtime/cuda/Driver.h"

/// A context, current by cuCtxSetCurrent on the calling thread.
struct gdn::runtime::cuda::CUctx_st {
  /// What cuCtxGetId gives.
  unsigned long long id;
};
