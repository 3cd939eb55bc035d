// RUN: gdn-opt %s --convert-gdn-to-gpu --split-input-file --verify-diagnostics
// Shared memory is a kernel's.

func.func @buffer() {
  // expected-error @below {{expects a gpu.module around it; outline the kernels first}}
  %0 = gdn.shared_alloc at 1024 : !gdn.shared<2x16xbf16>
  return
}

// -----

func.func @event() {
  // expected-error @below {{expects a gpu.module around it; outline the kernels first}}
  %0 = gdn.event_create at 0 : !gdn.event<stages = 2, arrivals = 1>
  return
}
