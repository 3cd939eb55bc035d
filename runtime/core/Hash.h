//===- Hash.h - stable hashes -----------------------------------*- C++ -*-===//
//
// Hashes that never change: they are written to files and seed random numbers.
//
//===----------------------------------------------------------------------===//

#ifndef GDN_RUNTIME_CORE_HASH_H
#define GDN_RUNTIME_CORE_HASH_H

#include <cstdint>
#include <string_view>

namespace gdn::runtime {

/// The 64-bit FNV-1a hash of `bytes`.
inline uint64_t hashBytes(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : bytes)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

/// A bijection of 64-bit words in which every bit of the input moves about half
/// the bits of the output: the finalizer of SplitMix64.
inline uint64_t mixBits(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

} // namespace gdn::runtime

#endif // GDN_RUNTIME_CORE_HASH_H
