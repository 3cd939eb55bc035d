//===- MmaTest.cpp - mma.sync against the PTX ISA -------------------------===//

#include "Fragments.h"
#include "Simulate.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({"sites": [
  {"op": "nvvm.mma.sync", "at": "k.mlir:1:1"},
  {"op": "nvvm.mma.sync", "at": "k.mlir:2:1"}]})";

namespace {
/// Operands and results of a product, by lanes.
struct Mma {
  uint32_t type, k;
  uint32_t a[32][4] = {}, b[32][2] = {}, c[32][4] = {};

  // 16 rows of k elements in 32 lanes, 8 columns of them, 32 bits a register.
  uint32_t numA() const { return 2 * numB(); }
  uint32_t numB() const { return type == GDN_SIM_TF32 ? k / 4 : k / 8; }
};
} // namespace

static void mmaKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  Mma &mma = *getPointer<Mma>(arguments, 0);
  uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID);
  uint32_t registers[10], *next = registers;
  next = std::copy_n(mma.a[lane], mma.numA(), next);
  next = std::copy_n(mma.b[lane], mma.numB(), next);
  std::copy_n(mma.c[lane], 4, next);
  gdn_sim_mma(thread, 0, mma.type, mma.k, registers);
  std::copy_n(next, 4, mma.c[lane]);
}

//===----------------------------------------------------------------------===//
// Where the PTX ISA's pages on each shape put element i of a lane
//===----------------------------------------------------------------------===//

namespace {
struct Place {
  int row, column;
};
} // namespace

static Place placeOfA(const Mma &mma, int lane, int i) {
  int group = lane >> 2, inGroup = lane % 4;
  if (mma.type == GDN_SIM_TF32)
    return {i % 2 == 0 ? group : group + 8, i < 2 ? inGroup : inGroup + 4};
  bool isUpper = mma.k == 8 ? i < 2 : i < 2 || (4 <= i && i < 6);
  return {isUpper ? group : group + 8, inGroup * 2 + (i & 1) + (i < 4 ? 0 : 8)};
}

static Place placeOfB(const Mma &mma, int lane, int i) {
  int group = lane >> 2, inGroup = lane % 4;
  if (mma.type == GDN_SIM_TF32)
    return {i == 0 ? inGroup : inGroup + 4, group};
  return {inGroup * 2 + (i & 1) + (i < 2 ? 0 : 8), group};
}

static Place placeOfC(int lane, int i) {
  return {i < 2 ? lane >> 2 : (lane >> 2) + 8, lane % 4 * 2 + (i & 1)};
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static void put(const Mma &mma, uint32_t *registers, int i, float value) {
  if (mma.type == GDN_SIM_TF32)
    registers[i] = bitsOf(value);
  else
    registers[i / 2] |= uint32_t(halfOf(mma.type, value)) << (i % 2 * 16);
}

static Values run(Mma &mma, Values a, Values b, Values c) {
  int perRegister = mma.type == GDN_SIM_TF32 ? 1 : 2;
  for (int lane = 0; lane < 32; ++lane) {
    for (int i = 0; i < int(mma.numA()) * perRegister; ++i) {
      Place place = placeOfA(mma, lane, i);
      put(mma, mma.a[lane], i, a.at(place.row, place.column));
    }
    for (int i = 0; i < int(mma.numB()) * perRegister; ++i) {
      Place place = placeOfB(mma, lane, i);
      put(mma, mma.b[lane], i, b.at(place.row, place.column));
    }
    for (int i = 0; i < 4; ++i) {
      Place place = placeOfC(lane, i);
      mma.c[lane][i] = bitsOf(c.at(place.row, place.column));
    }
  }
  EXPECT_EQ(simulate(mmaKernel, {&mma}), "");
  for (int lane = 0; lane < 32; ++lane)
    for (int i = 0; i < 4; ++i) {
      Place place = placeOfC(lane, i);
      c.at(place.row, place.column) = floatOf(mma.c[lane][i]);
    }
  return c;
}

TEST(Mma, EveryShapeMultiplies) {
  for (Mma mma :
       {Mma{GDN_SIM_F16, 16}, Mma{GDN_SIM_BF16, 16}, Mma{GDN_SIM_F16, 8},
        Mma{GDN_SIM_BF16, 8}, Mma{GDN_SIM_TF32, 8}, Mma{GDN_SIM_TF32, 4}}) {
    Values a(16, mma.k), b(mma.k, 8), c(16, 8);
    fill(a, 1);
    fill(b, 2);
    fill(c, 3);
    EXPECT_EQ(run(mma, a, b, c).elements, multiply(a, b, c).elements)
        << "type " << mma.type << ", k = " << mma.k;
  }
}

TEST(Mma, SumsAreRoundedOnce) {
  Mma mma = {GDN_SIM_F16, 16};
  Values a(16, 16), b(16, 8), c(16, 8);
  for (int k = 0; k < 16; ++k) {
    a.at(0, k) = 1;
    b.at(k, 0) = 0x1p-13f;
  }
  // In f32 alone, 2^11 + 2^-13 would stay 2^11 sixteen times.
  c.at(0, 0) = 0x1p11f;
  EXPECT_EQ(run(mma, a, b, c).at(0, 0), 0x1p11f + 0x1p-9f);
}

TEST(Mma, Tf32HasTenBitsOfMantissa) {
  Mma mma = {GDN_SIM_TF32, 8};
  Values a(16, 8), b(8, 8), c(16, 8);
  a.at(3, 5) = floatOf(bitsOf(1.5f) | 0x1fff);
  b.at(5, 2) = floatOf(bitsOf(1.0f) | 0x2000);
  EXPECT_EQ(run(mma, a, b, c).at(3, 2), 1.5f * (1 + 0x1p-10f));
}

TEST(Mma, SmallAndSpecialValues) {
  for (uint32_t type : {GDN_SIM_F16, GDN_SIM_BF16}) {
    Mma mma = {type, 16};
    Values a(16, 16), b(16, 8), c(16, 8);
    a.at(0, 0) = 0x1p-24f;
    a.at(1, 0) = INFINITY;
    a.at(2, 0) = NAN;
    a.at(3, 0) = -0x1.8p-15f;
    b.at(0, 0) = 1;
    b.at(0, 1) = -1;
    Values d = run(mma, a, b, c);
    EXPECT_EQ(d.at(0, 0), 0x1p-24f);
    EXPECT_EQ(d.at(1, 1), -INFINITY);
    EXPECT_TRUE(std::isnan(d.at(1, 2))); // Infinity times 0.
    EXPECT_TRUE(std::isnan(d.at(2, 0)));
    EXPECT_EQ(d.at(3, 1), 0x1.8p-15f);
    EXPECT_EQ(d.at(4, 0), 0.0f);
  }
}

TEST(Mma, AllLanesComeToTheSameOp) {
  auto kernel = [](void *const *) {
    GdnSimThread *thread = gdn_sim_enter(table, 1);
    uint32_t registers[10] = {};
    uint32_t lane = gdn_sim_register(thread, GDN_SIM_LANEID);
    gdn_sim_mma(thread, lane < 16 ? 0 : 1, GDN_SIM_F16, 16, registers);
  };
  EXPECT_EQ(simulate(kernel, {}),
            "kernel 'k', CTA (0, 0, 0): lanes 0-15 of warp 0 wait at "
            "'nvvm.mma.sync' at k.mlir:1:1 for lanes 16-31, which wait at "
            "'nvvm.mma.sync' at k.mlir:2:1");
}

TEST(Mma, AWarpHasAllItsLanes) {
  Mma mma = {GDN_SIM_F16, 16};
  EXPECT_EQ(simulate(mmaKernel, {&mma}, {/*block=*/24}),
            "kernel 'k', CTA (0, 0, 0), thread (0, 0, 0): 'nvvm.mma.sync' at "
            "k.mlir:1:1 expects all 32 lanes of a warp, but warp 0 has 24");
}
