//===- SharedOps.cpp - Roles, events, shared memory -----------------------===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "gdn/IR/Gdn.h"

using namespace mlir;
using namespace gdn;

LogicalResult WarpRoleOp::verify() {
  // C1
  if (getBody().getNumArguments() != 1 ||
      !getBody().getArgument(0).getType().isIndex())
    return emitOpError("expects the body to have one argument of index type");
  // C2
  int64_t first = getFirst(), teams = getTeams(), warps = getTeamWarps();
  if (first < 0 || first > 31 || teams < 1 || teams > 32 || warps < 1 ||
      warps > 32 || first + teams * warps > 32)
    return emitOpError("expects at least one team of at least one warp, all "
                       "below warp 32, but got ")
           << teams << " of " << warps << " from " << first << " on";
  // C3
  if (std::optional<int64_t> registers = getRegisters())
    if (*registers < 24 || *registers > 256 || *registers % 8 != 0 ||
        first % 4 != 0 || getWarps() % 4 != 0)
      return emitOpError("expects a multiple of 8 from 24 to 256 registers for "
                         "whole warpgroups, but got ")
             << *registers << " for " << getWarps() << " warps from " << first
             << " on";
  // C4
  auto outer = (*this)->getParentOfType<WarpRoleOp>();
  if (outer &&
      (first < int64_t(outer.getFirst()) ||
       first + getWarps() > int64_t(outer.getFirst()) + outer.getWarps()))
    return emitOpError("expects its warps among those of the role around it, "
                       "but got ")
           << getWarps() << " from " << first << " on";
  return success();
}

void EventArriveOp::build(OpBuilder &, OperationState &state, Value event,
                          Value use, bool copies, Value rank) {
  state.addOperands({event, use});
  if (copies)
    state.getOrAddProperties<Properties>().copies =
        UnitAttr::get(state.getContext());
  if (rank)
    state.addOperands(rank);
}

LogicalResult EventArriveOp::verify() {
  // C1
  if (getRank() && getCopies())
    return emitOpError("expects copies to complete in the CTA that issues "
                       "them, but got a rank");
  return success();
}

int64_t SharedSendOp::getPlaceBytes(SharedType type) {
  return type.getRank() > 2 ? type.getMatrixBytes() : type.getRowBytes();
}

LogicalResult SharedSendOp::verify() {
  if (getSources().empty())
    return emitOpError("expects buffers to send, but got none");
  for (Value source : getSources()) {
    auto type = cast<SharedType>(source.getType());
    // C1
    if (type.getRank() < 2 || type.getRank() > 3 ||
        getPlaceBytes(type) % 16 != 0)
      return emitOpError("expects places of a multiple of 16 bytes in two or "
                         "three dimensions, but got ")
             << type;
  }
  return success();
}

LogicalResult SharedAllocOp::verify() {
  int64_t alignment = getBuffer().getType().getSwizzle() ? 1024 : 16;
  if (int64_t(getOffset()) < 0 || getOffset() % alignment != 0)
    return emitOpError("expects the offset to be a multiple of ")
           << alignment << ", but got " << int64_t(getOffset());
  return success();
}

/// C1 to C3 of loads and stores.
static LogicalResult verifyAccess(Operation *op, TileType tile,
                                  SharedType buffer, StringRef name,
                                  OperandRange offsets, bool isTransposed) {
  if (int64_t(offsets.size()) != buffer.getRank())
    return op->emitOpError("expects ")
           << buffer.getRank() << " offsets, one for each dimension of '"
           << name << "', but got " << offsets.size();
  if (tile.getElementType() != buffer.getElementType() ||
      tile.getRank() > buffer.getRank())
    return op->emitOpError("expects 'tile' to have the element type of '")
           << name << "' and at most its rank " << buffer.getRank()
           << ", but got " << tile;
  if (isTransposed && tile.getRank() < 2)
    return op->emitOpError(
               "expects a tile of two dimensions to transpose, but got ")
           << tile;
  return success();
}

LogicalResult SharedLoadOp::verify() {
  return verifyAccess(*this, getTile().getType(), getSource().getType(),
                      "source", getOffsets(), getTransposed());
}

LogicalResult SharedStoreOp::verify() {
  return verifyAccess(*this, getTile().getType(), getDest().getType(), "dest",
                      getOffsets(), getTransposed());
}

/// C1 and C2 of copies between rows of global and of shared memory.
static LogicalResult verifyCopy(Operation *op, MemRefType global,
                                SharedType shared) {
  if (global.getElementType() != shared.getElementType() ||
      shared.getRank() != global.getRank() + 1)
    return op->emitOpError("expects the buffer in shared memory to have one "
                           "dimension more than ")
           << global << ", and its element type, but got " << shared;
  int64_t columns = shared.getShape().back();
  if (global.getDimSize(1) != columns ||
      columns * shared.getElementBytes() % 16 != 0 ||
      !global.isLastDimUnitStride())
    return op->emitOpError("expects contiguous rows of ")
           << columns << " elements, a multiple of 16 bytes, but got "
           << global;
  return success();
}

LogicalResult CopyInOp::verify() {
  return verifyCopy(*this, getSource().getType(), getDest().getType());
}

LogicalResult LoadScalarsOp::verify() {
  TileType tile = getTile().getType();
  if (tile.getRank() == 1 &&
      tile.getElementType() == getSource().getType().getElementType())
    return success();
  return emitOpError("expects 'tile' to have rank 1 and the element type of "
                     "'source', but got ")
         << tile << " and " << getSource().getType();
}

LogicalResult CopyOutOp::verify() {
  return verifyCopy(*this, getDest().getType(), getSource().getType());
}
