//===- Shapes.cpp - Sizes and members of the family by name ---------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/lib/bench/Workload.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <algorithm>

using namespace gdn::runtime;
using namespace gdn::bench;
using llvm::SmallVector;
using llvm::StringRef;

namespace {
/// A list of shapes that goes by a name.
struct Preset {
  const char *name;
  std::vector<Shape> shapes;
};
} // namespace

static constexpr int64_t maxSize = int64_t(1) << 24;
/// Bound on the elements of a tensor, so that no number of bytes overflows.
static constexpr double maxElements = 0x1p50;

static Shape makeShape(int64_t batch, int64_t tokens, int64_t heads,
                       int64_t channels) {
  return {batch, tokens, heads, channels, channels, heads};
}

static const std::vector<Preset> &getPresets() {
  static const std::vector<Preset> presets = {
      // The shapes that FLA's own benchmarks use.
      {"fla",
       {makeShape(1, 8192, 96, 128), makeShape(2, 16384, 16, 128),
        makeShape(4, 2048, 16, 128), makeShape(4, 4096, 64, 128),
        makeShape(8, 2048, 32, 256), makeShape(8, 1024, 8, 64)}},
      // One token for each sequence, as in serving.
      {"decode",
       {makeShape(1, 1, 16, 128), makeShape(16, 1, 16, 128),
        makeShape(64, 1, 16, 128), makeShape(256, 1, 16, 128)}},
      // A few tokens at once, as in speculative decoding.
      {"speculate",
       {makeShape(1, 4, 16, 128), makeShape(64, 4, 16, 128),
        makeShape(256, 4, 16, 128), makeShape(1, 8, 16, 128),
        makeShape(64, 8, 16, 128), makeShape(256, 8, 16, 128)}},
      // Fractions of a second on any machine.
      {"small",
       {makeShape(1, 1, 2, 64), makeShape(2, 16, 2, 64),
        makeShape(1, 128, 2, 64)}},
  };
  return presets;
}

std::string Shape::format() const {
  std::string text = std::to_string(batch) + "," + std::to_string(tokens) +
                     "," + std::to_string(heads) + "," +
                     std::to_string(keyChannels);
  bool grouped = valueHeads != heads;
  if (valueChannels != keyChannels || grouped)
    text += "," + std::to_string(valueChannels);
  return grouped ? text + "," + std::to_string(valueHeads) : text;
}

static Error failShape(StringRef text, const std::string &wish) {
  return makeError("expects a shape of --shapes to ", wish, ", but got ",
                   quote(text));
}

/// The elements of the largest operand.
static double countElements(const Shape &shape) {
  double heads = static_cast<double>(shape.batch * shape.valueHeads);
  double channels =
      static_cast<double>(std::max(shape.keyChannels, shape.valueChannels));
  double rows = static_cast<double>(
      std::max(shape.tokens, std::min(shape.keyChannels, shape.valueChannels)));
  return heads * rows * channels;
}

static Result<Shape> parseShape(StringRef text) {
  SmallVector<StringRef> words;
  text.split(words, ',');
  if (words.size() < 4 || words.size() > 6)
    return failShape(text, "be B,T,H,K[,V[,HV]] or one of fla, decode, "
                           "speculate and small");
  SmallVector<int64_t> sizes;
  for (StringRef word : words) {
    int64_t size;
    if (word.getAsInteger(10, size) || size < 1 || size > maxSize)
      return failShape(text,
                       "hold integers from 1 to " + std::to_string(maxSize));
    sizes.push_back(size);
  }
  Shape shape = makeShape(sizes[0], sizes[1], sizes[2], sizes[3]);
  if (sizes.size() > 4)
    shape.valueChannels = sizes[4];
  if (sizes.size() > 5)
    shape.valueHeads = sizes[5];
  if (shape.valueHeads % shape.heads)
    return failShape(text, "have HV a multiple of H");
  if (countElements(shape) > maxElements)
    return failShape(text, "fit a machine's memory");
  return shape;
}

Result<std::vector<Shape>> gdn::bench::parseShapes(const std::string &text) {
  std::vector<Shape> shapes;
  SmallVector<StringRef> words;
  StringRef(text).split(words, ':');
  for (StringRef word : words) {
    const std::vector<Shape> *preset = nullptr;
    for (const Preset &known : getPresets())
      if (word == known.name)
        preset = &known.shapes;
    if (preset) {
      shapes.insert(shapes.end(), preset->begin(), preset->end());
      continue;
    }
    Result<Shape> shape = parseShape(word);
    if (!shape)
      return shape.takeError();
    shapes.push_back(*shape);
  }
  return shapes;
}

static constexpr GateForm none = GateForm::None;
static constexpr GateForm head = GateForm::Head;
static constexpr GateForm channel = GateForm::Channel;

static constexpr Member members[] = {
    {"gdn2", channel, channel, channel}, {"kda", channel, head, head},
    {"gdn", head, head, head},           {"delta", none, head, head},
    {"gla", channel, none, none},        {"mamba2", head, none, head},
    {"linear", none, none, none},
};

Result<std::vector<Member>> gdn::bench::parseMembers(const std::string &text) {
  std::vector<Member> chosen;
  SmallVector<StringRef> words;
  StringRef(text).split(words, ',');
  for (StringRef word : words) {
    size_t before = chosen.size();
    std::string names;
    for (const Member &member : members) {
      if (word == member.name)
        chosen.push_back(member);
      names += (names.empty() ? "" : ", ") + std::string(member.name);
    }
    if (chosen.size() == before)
      return makeError("expects --members to be of ", names, ", but got ",
                       quote(word));
  }
  return chosen;
}
