//===- GdnOps.td - All ops of the gdn dialect -------------------*- tablegen -*-===//
//
// Part of gdn, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GDN_IR_GDNOPS_TD
#define GDN_IR_GDNOPS_TD

include "gdn/IR/GdnRuleOps.td"
include "gdn/IR/GdnLayerOps.td"
include "gdn/IR/GdnChunkOps.td"
include "gdn/IR/GdnSequenceOps.td"
include "gdn/IR/GdnTileOps.td"
include "gdn/IR/GdnSharedOps.td"
include "gdn/IR/GdnMatrixOps.td"
include "gdn/IR/GdnPtxOps.td"

#endif // GDN_IR_GDNOPS_TD
