//===- CudaWork.cpp - Buffers, events and graphs of a GPU -----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/CudaWork.h"

#include <utility>

using namespace gdn::runtime;
using namespace gdn::runtime::cuda;
using namespace gdn::bench;

Result<DeviceBuffer> DeviceBuffer::create(const Driver &driver, size_t bytes) {
  CUdeviceptr address = 0;
  if (Error error = driver.check(driver.cuMemAlloc(&address, bytes ? bytes : 1),
                                 "cuMemAlloc"))
    return error;
  return DeviceBuffer(driver, address);
}

DeviceBuffer::DeviceBuffer(DeviceBuffer &&other)
    : driver(other.driver), address(std::exchange(other.address, 0)) {}

DeviceBuffer::~DeviceBuffer() {
  if (address)
    (void)driver->cuMemFree(address);
}

Result<std::unique_ptr<Stream>> Stream::create(const Driver &driver) {
  std::unique_ptr<Stream> created(new Stream(driver));
  if (Error error = driver.check(
          driver.cuStreamCreate(&created->stream, CU_STREAM_NON_BLOCKING),
          "cuStreamCreate"))
    return error;
  for (CUevent *event : {&created->begin, &created->end})
    if (Error error =
            driver.check(driver.cuEventCreate(event, 0), "cuEventCreate"))
      return error;
  setStream(created->stream);
  return created;
}

Stream::~Stream() {
  setStream(nullptr);
  if (graph)
    (void)driver.cuGraphExecDestroy(graph);
  for (CUevent event : {begin, end})
    if (event)
      (void)driver.cuEventDestroy(event);
  if (stream)
    (void)driver.cuStreamDestroy(stream);
}

Error Stream::wait() {
  return driver.check(driver.cuStreamSynchronize(stream),
                      "cuStreamSynchronize");
}

Error Stream::record(const std::function<Error()> &enqueue) {
  if (Error error = driver.check(
          driver.cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_RELAXED),
          "cuStreamBeginCapture"))
    return error;
  if (graph)
    (void)driver.cuGraphExecDestroy(std::exchange(graph, nullptr));
  Error failure = enqueue();
  CUgraph recorded = nullptr;
  Error error = driver.check(driver.cuStreamEndCapture(stream, &recorded),
                             "cuStreamEndCapture");
  if (!failure && !error)
    error =
        driver.check(driver.cuGraphInstantiateWithFlags(&graph, recorded, 0),
                     "cuGraphInstantiateWithFlags");
  if (recorded)
    (void)driver.cuGraphDestroy(recorded);
  return failure ? std::move(failure) : std::move(error);
}

Result<double> Stream::timeGraph() {
  return time([&] {
    return driver.check(driver.cuGraphLaunch(graph, stream), "cuGraphLaunch");
  });
}

Result<double> Stream::time(const std::function<Error()> &enqueue) {
  if (Error error =
          driver.check(driver.cuEventRecord(begin, stream), "cuEventRecord"))
    return error;
  if (Error error = enqueue())
    return error;
  if (Error error =
          driver.check(driver.cuEventRecord(end, stream), "cuEventRecord"))
    return error;
  if (Error error =
          driver.check(driver.cuEventSynchronize(end), "cuEventSynchronize"))
    return error;
  float milliseconds = 0.0F;
  if (Error error =
          driver.check(driver.cuEventElapsedTime(&milliseconds, begin, end),
                       "cuEventElapsedTime"))
    return error;
  return static_cast<double>(milliseconds) * 1e-3;
}

Error Stream::copy(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  return driver.check(driver.cuMemcpyDtoDAsync(to, from, bytes, stream),
                      "cuMemcpyDtoDAsync");
}

Error Stream::upload(CUdeviceptr to, const Tensor &from) {
  if (Error error =
          driver.check(driver.cuMemcpyHtoDAsync(
                           to, from.getData(),
                           static_cast<size_t>(from.getNumBytes()), stream),
                       "cuMemcpyHtoDAsync"))
    return error;
  return wait();
}

Error Stream::download(Tensor &to, CUdeviceptr from) {
  if (Error error =
          driver.check(driver.cuMemcpyDtoHAsync(
                           to.getData(), from,
                           static_cast<size_t>(to.getNumBytes()), stream),
                       "cuMemcpyDtoHAsync"))
    return error;
  return wait();
}
