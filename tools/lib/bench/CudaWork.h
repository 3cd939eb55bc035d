//===- CudaWork.h - Buffers, events and graphs of a GPU ---------*- C++ -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_TOOLS_LIB_BENCH_CUDAWORK_H
#define GDN_TOOLS_LIB_BENCH_CUDAWORK_H

#include "runtime/core/Tensor.h"
#include "runtime/cuda/Gpu.h"

#include <functional>
#include <memory>

namespace gdn::bench {

/// Memory of the GPU, freed with the object.
class DeviceBuffer {
public:
  static runtime::Result<DeviceBuffer> create(const runtime::cuda::Driver &,
                                              size_t bytes);
  DeviceBuffer(DeviceBuffer &&other);
  DeviceBuffer &operator=(DeviceBuffer &&other) = delete;
  ~DeviceBuffer();

  runtime::cuda::CUdeviceptr getAddress() const { return address; }

private:
  DeviceBuffer(const runtime::cuda::Driver &driver,
               runtime::cuda::CUdeviceptr address)
      : driver(&driver), address(address) {}

  const runtime::cuda::Driver *driver;
  runtime::cuda::CUdeviceptr address;
};

/// A stream of its own, which is this thread's as long as the object lives.
class Stream {
public:
  static runtime::Result<std::unique_ptr<Stream>>
  create(const runtime::cuda::Driver &driver);
  ~Stream();

  runtime::Error wait();

  /// Records what `enqueue` launches as a graph.
  runtime::Error record(const std::function<runtime::Error()> &enqueue);

  /// Seconds that the recorded graph takes on the GPU.
  runtime::Result<double> timeGraph();

  /// Seconds that what `enqueue` launches takes on the GPU.
  runtime::Result<double> time(const std::function<runtime::Error()> &enqueue);

  runtime::Error copy(runtime::cuda::CUdeviceptr to,
                      runtime::cuda::CUdeviceptr from, size_t bytes);
  runtime::Error upload(runtime::cuda::CUdeviceptr to,
                        const runtime::Tensor &from);
  runtime::Error download(runtime::Tensor &to, runtime::cuda::CUdeviceptr from);

private:
  explicit Stream(const runtime::cuda::Driver &driver) : driver(driver) {}
  Stream(const Stream &) = delete;

  const runtime::cuda::Driver &driver;
  runtime::cuda::CUstream stream = nullptr;
  runtime::cuda::CUevent begin = nullptr, end = nullptr;
  runtime::cuda::CUgraphExec graph = nullptr;
};

} // namespace gdn::bench

#endif // GDN_TOOLS_LIB_BENCH_CUDAWORK_H
