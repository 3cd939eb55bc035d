//===- Json.cpp - Files of results ----------------------------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "llvm/Support/JSON.h"
#include "runtime/core/Error.h"
#include "tools/lib/LoadModule.h"
#include "tools/lib/bench/Results.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <set>

using namespace gdn::runtime;
using namespace gdn::bench;
namespace json = llvm::json;

/// Raised whenever a key changes its meaning.
static constexpr int64_t formatVersion = 1;

static json::Object toJson(const Row &row) {
  const Shape &shape = row.shape;
  json::Object object{
      {"target", row.target},
      {"member", row.member},
      {"dtype", row.dtype},
      {"shape",
       json::Array{shape.batch, shape.tokens, shape.heads, shape.keyChannels,
                   shape.valueChannels, shape.valueHeads}},
      {"median_s", row.times.median},
      {"p20_s", row.times.p20},
      {"p80_s", row.times.p80},
      {"samples", row.times.samples},
      {"tokens", row.tokens},
      {"bytes", row.bytes},
      {"flops", row.flops},
      {"compile_s", row.compileSeconds},
      {"copy_bytes_per_s", row.copyBandwidth},
      {"fma_flops_per_s", row.fmaPeak},
      {"tokens_per_s", row.getTokenRate()},
      {"bytes_per_s", row.getBandwidth()},
      {"flops_per_s", row.getFlopRate()},
      {"share_of_copy", row.getByteShare()},
      {"share_of_fma", row.getFlopShare()},
  };
  if (row.firstSeconds)
    object["first_s"] = *row.firstSeconds;
  if (row.launchSeconds)
    object["launch_s"] = *row.launchSeconds;
  if (row.resources) {
    object["registers"] = row.resources->registers;
    object["spill_bytes"] = row.resources->spillBytes;
    object["shared_bytes"] = row.resources->sharedBytes;
  }
  return object;
}

std::string gdn::bench::formatJson(const Results &results) {
  json::Array rows;
  for (const Row &row : results.rows)
    rows.push_back(toJson(row));
  json::Object object{{"tool", "gdn-bench"},
                      {"version", formatVersion},
                      {"machines", json::Array(results.machines)},
                      {"rows", std::move(rows)}};
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::formatv("{0:2}", json::Value(std::move(object))) << "\n";
  return text;
}

/// The sizes of a shape, all positive.
static bool readShape(const json::Value &value, Shape &shape) {
  const json::Array *sizes = value.getAsArray();
  if (!sizes || sizes->size() != 6)
    return false;
  int64_t *fields[] = {&shape.batch,         &shape.tokens,
                       &shape.heads,         &shape.keyChannels,
                       &shape.valueChannels, &shape.valueHeads};
  for (auto [field, size] : llvm::zip_equal(fields, *sizes)) {
    *field = size.getAsInteger().value_or(0);
    if (*field < 1)
      return false;
  }
  return true;
}

static bool readResources(json::ObjectMapper &mapper, Row &row) {
  std::optional<int64_t> registers, spillBytes, sharedBytes;
  if (!mapper.mapOptional("registers", registers) ||
      !mapper.mapOptional("spill_bytes", spillBytes) ||
      !mapper.mapOptional("shared_bytes", sharedBytes))
    return false;
  if (registers && spillBytes && sharedBytes)
    row.resources = {*registers, *spillBytes, *sharedBytes};
  return true;
}

static bool readRow(const json::Value &value, json::Path path, Row &row) {
  json::ObjectMapper mapper(value, path);
  const json::Object *object = value.getAsObject();
  const json::Value *shape = object ? object->get("shape") : nullptr;
  if (object && (!shape || !readShape(*shape, row.shape))) {
    path.field("shape").report("expected six positive integers");
    return false;
  }
  if (!mapper || !mapper.map("target", row.target) ||
      !mapper.map("member", row.member) || !mapper.map("dtype", row.dtype) ||
      !mapper.map("median_s", row.times.median) ||
      !mapper.map("p20_s", row.times.p20) ||
      !mapper.map("p80_s", row.times.p80) ||
      !mapper.map("samples", row.times.samples) ||
      !mapper.map("tokens", row.tokens) || !mapper.map("bytes", row.bytes) ||
      !mapper.map("flops", row.flops) ||
      !mapper.map("compile_s", row.compileSeconds) ||
      !mapper.map("copy_bytes_per_s", row.copyBandwidth) ||
      !mapper.map("fma_flops_per_s", row.fmaPeak) ||
      !mapper.mapOptional("first_s", row.firstSeconds) ||
      !mapper.mapOptional("launch_s", row.launchSeconds) ||
      !readResources(mapper, row))
    return false;
  if (row.times.median > 0.0)
    return true;
  path.field("median_s").report("expected a positive number");
  return false;
}

static bool readResults(const json::Value &value, json::Path path,
                        Results &results) {
  json::ObjectMapper mapper(value, path);
  std::string tool;
  int64_t version;
  if (!mapper || !mapper.map("tool", tool) || !mapper.map("version", version) ||
      !mapper.map("machines", results.machines))
    return false;
  if (tool != "gdn-bench" || version != formatVersion) {
    path.report("expected results of gdn-bench, version 1");
    return false;
  }
  const json::Array *rows = value.getAsObject()->getArray("rows");
  if (!rows) {
    path.field("rows").report("expected array");
    return false;
  }
  // A path refers to the one that it continues.
  json::Path all = path.field("rows");
  std::set<std::string> keys;
  for (auto [index, value] : llvm::enumerate(*rows)) {
    json::Path place = all.index(index);
    Row &row = results.rows.emplace_back();
    if (!readRow(value, place, row))
      return false;
    if (!keys.insert(row.getKey()).second) {
      place.report("expected each row once");
      return false;
    }
  }
  return true;
}

static Error failFormat(const std::string &file, llvm::Error reason) {
  return makeError(quote(file), " does not hold results of gdn-bench: ",
                   llvm::toString(std::move(reason)));
}

Result<Results> gdn::bench::readJson(const std::string &file) {
  if (Error error = gdn::tools::expectRegularFile(file))
    return error;
  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/true);
  if (std::error_code code = buffer.getError())
    return makeError("cannot read ", quote(file), ": ",
                     describeErrno(code.value()));
  llvm::Expected<json::Value> value = json::parse((*buffer)->getBuffer());
  if (!value)
    return failFormat(file, value.takeError());
  Results results;
  json::Path::Root root("results");
  if (!readResults(*value, root, results))
    return failFormat(file, root.getError());
  return results;
}
