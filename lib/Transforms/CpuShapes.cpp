//===- CpuShapes.cpp - The shapes that tiles are chosen by ----------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CpuTiles.h"

using namespace mlir;
using namespace gdn;
using linalg::LinalgOp;

/// The loop that runs over the innermost dimension of `operand`, if any.
static std::optional<unsigned> getInnermostLoop(LinalgOp op,
                                                OpOperand &operand) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  if (map.getNumResults() == 0)
    return std::nullopt;
  auto dim = dyn_cast<AffineDimExpr>(map.getResults().back());
  return dim ? std::optional<unsigned>(dim.getPosition()) : std::nullopt;
}

SmallVector<unsigned> gdn::getLoops(LinalgOp op, utils::IteratorType type) {
  SmallVector<unsigned> loops;
  for (auto [dim, iterator] : llvm::enumerate(op.getIteratorTypesArray()))
    if (iterator == type)
      loops.push_back(dim);
  return loops;
}

std::optional<Product> gdn::matchProduct(LinalgOp op) {
  if (!linalg::isaContractionOpInterface(op))
    return std::nullopt;
  OpOperand *left = op.getDpsInputOperand(0);
  OpOperand *right = op.getDpsInputOperand(1);
  std::optional<unsigned> column =
      getInnermostLoop(op, *op.getDpsInitOperand(0));
  if (!column)
    return std::nullopt;
  auto has = [&](OpOperand *operand, unsigned dim) {
    return op.getMatchingIndexingMap(operand).isFunctionOfDim(dim);
  };
  if (has(left, *column))
    std::swap(left, right);
  if (has(left, *column) || !has(right, *column))
    return std::nullopt;

  Product product;
  product.column = *column;
  for (unsigned dim : getLoops(op, utils::IteratorType::parallel)) {
    if (dim == *column)
      continue;
    if (has(left, dim) && !has(right, dim)) {
      if (product.row)
        product.batch.push_back(*product.row);
      product.row = dim;
    } else {
      product.batch.push_back(dim);
    }
  }
  product.outerSums = getLoops(op, utils::IteratorType::reduction);
  if (product.outerSums.empty())
    return std::nullopt;
  std::optional<unsigned> innermost = getInnermostLoop(op, *right);
  product.sumIsInnermost =
      innermost && llvm::is_contained(product.outerSums, *innermost);
  product.sum = product.sumIsInnermost ? *innermost : product.outerSums.back();
  llvm::erase(product.outerSums, product.sum);
  return product;
}

SmallVector<unsigned> gdn::getVectorLoops(LinalgOp op) {
  SmallVector<unsigned> loops;
  auto add = [&](OpOperand &operand) {
    std::optional<unsigned> dim = getInnermostLoop(op, operand);
    AffineMap map = op.getMatchingIndexingMap(&operand);
    bool isAcross = loops.empty() || map.isFunctionOfDim(loops.front());
    if (dim && isAcross && !llvm::is_contained(loops, *dim))
      loops.push_back(*dim);
  };
  OpOperand &output = *op.getDpsInitOperand(0);
  if (op.getNumReductionLoops() == 0)
    add(output);
  for (OpOperand *input : op.getDpsInputOperands())
    if (op.getMatchingIndexingMap(input).getNumResults() > 1)
      add(*input);
  if (loops.empty())
    for (OpOperand &operand : op->getOpOperands())
      add(operand);
  return loops;
}
