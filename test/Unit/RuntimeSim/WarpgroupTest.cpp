//===- WarpgroupTest.cpp - wgmma against its definition -------------------===//

#include "Simulate.h"

#include <cstring>
#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

static constexpr char table[] = R"({
  "shared": [{"name": "rhs", "bytes": 8192, "alignment": 128}],
  "sites": [
  {"op": "gdn.ptx_wgmma", "at": "k.mlir:1:1"},
  {"op": "llvm.store", "at": "k.mlir:2:1", "bytes": 4, "alignment": 4,
   "access": "write", "space": "shared"},
  {"op": "nvvm.fence.proxy", "at": "k.mlir:3:1"},
  {"op": "nvvm.barrier", "at": "k.mlir:4:1"}]})";
enum { ProductSite, WriteSite, FenceSite, BarrierSite };

static constexpr uint32_t numThreads = 128, mostColumns = 24;

namespace {
/// d = c + a b of 64 x n, over 8 * steps columns of a; small integers, so that
/// every order of the sums gives the same.
struct Product {
  uint32_t n = 8, steps = 1, stride = 144, leading = 432;
  bool isFenced = true;
  float a[64][16], b[16][mostColumns], c[64][mostColumns];
  float d[64][mostColumns] = {};

  Product() {
    int next = 7;
    auto draw = [&] {
      next = next * 37 % 101;
      return static_cast<float>(next % 9 - 4);
    };
    for (auto *row : {&a[0][0], &b[0][0], &c[0][0]}) {
      size_t count = row == &a[0][0]   ? sizeof(a)
                     : row == &b[0][0] ? sizeof(b)
                                       : sizeof(c);
      for (size_t i = 0; i < count / sizeof(float); ++i)
        row[i] = draw();
    }
  }
};
} // namespace

static uint32_t toBits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

/// Row (a column of b) j and column (a row of b) l, by the page on core
/// matrices: 8 rows of 16 bytes.
static uint32_t placeOfB(const Product &product, uint32_t j, uint32_t l) {
  return j / 8 * product.stride + l / 4 * product.leading + j % 8 * 16 +
         l % 4 * 4;
}

static void productKernel(void *const *arguments) {
  GdnSimThread *thread = gdn_sim_enter(table, 1);
  Product &product = *getPointer<Product>(arguments, 0);
  uint32_t tid = gdn_sim_register(thread, GDN_SIM_TID_X), lane = tid % 32;
  char *rhs = static_cast<char *>(gdn_sim_shared(thread, 0));
  for (uint32_t i = tid; i < product.n * 8 * product.steps; i += numThreads) {
    uint32_t j = i % product.n, l = i / product.n;
    char *to = rhs + placeOfB(product, j, l);
    gdn_sim_access(thread, WriteSite, to);
    std::memcpy(to, &product.b[l][j], 4);
  }
  if (product.isFenced)
    gdn_sim_fence(thread, FenceSite, GDN_SIM_FENCE_PROXY);
  gdn_sim_barrier(thread, BarrierSite, 0, 0, GDN_SIM_BARRIER_NONE, 0);

  // The warp's 16 rows; a lane has rows group and group + 8.
  uint32_t first = tid / 32 * 16 + lane / 4, place = lane % 4;
  uint32_t registers[8 + mostColumns / 2], *next = registers;
  for (uint32_t step = 0; step < product.steps; ++step)
    for (uint32_t right : {0, 4})
      for (uint32_t below : {0, 8})
        *next++ = toBits(product.a[first + below][8 * step + place + right]);
  uint32_t *sums = next;
  for (uint32_t column = 0; column < product.n; column += 8)
    for (uint32_t below : {0, 8})
      for (uint32_t j : {0, 1})
        *next++ = toBits(product.c[first + below][column + 2 * place + j]);
  gdn_sim_wgmma(thread, ProductSite, product.n, product.steps, product.stride,
                product.leading, rhs, registers);
  for (uint32_t column = 0; column < product.n; column += 8)
    for (uint32_t below : {0, 8})
      for (uint32_t j : {0, 1})
        std::memcpy(&product.d[first + below][column + 2 * place + j], sums++,
                    4);
}

TEST(Wgmma, MultipliesByCoreMatrices) {
  for (uint32_t n : {8, 16, 24})
    for (uint32_t steps : {1, 2}) {
      Product product;
      product.n = n;
      product.steps = steps;
      ASSERT_EQ(simulate(productKernel, {&product}, {numThreads}), "");
      for (uint32_t i = 0; i < 64; ++i)
        for (uint32_t j = 0; j < n; ++j) {
          float sum = product.c[i][j];
          for (uint32_t l = 0; l < 8 * steps; ++l)
            sum += product.a[i][l] * product.b[l][j];
          EXPECT_EQ(product.d[i][j], sum) << "n " << n << ", steps " << steps
                                          << ", row " << i << ", column " << j;
        }
    }
}

TEST(Wgmma, LeavesOutBitsBelowTf32) {
  Product product;
  for (auto &row : product.a)
    for (float &element : row)
      element = 1.0F + 0x1p-12F;
  for (auto &row : product.b)
    for (float &element : row)
      element = 1.0F;
  for (auto &row : product.c)
    for (float &element : row)
      element = 0.0F;
  ASSERT_EQ(simulate(productKernel, {&product}, {numThreads}), "");
  EXPECT_EQ(product.d[63][7], 8.0F);
}

TEST(Wgmma, NeedsAFenceBetweenTheProxies) {
  Product product;
  product.isFenced = false;
  std::string error = simulate(productKernel, {&product}, {numThreads});
  EXPECT_NE(error.find("'gdn.ptx_wgmma' at k.mlir:1:1 reads offset 0 of shared "
                       "variable 'rhs'"),
            std::string::npos)
      << error;
  EXPECT_NE(error.find("lacks an async proxy fence between them"),
            std::string::npos)
      << error;
}

TEST(Wgmma, RefusesMatricesThatAreMisaligned) {
  Product product;
  product.leading = 136;
  std::string error = simulate(productKernel, {&product}, {numThreads});
  EXPECT_NE(error.find("expects core matrices at multiples of 16 bytes"),
            std::string::npos)
      << error;
}
