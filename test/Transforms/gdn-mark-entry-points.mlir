// RUN: gdn-opt %s --gdn-mark-entry-points | FileCheck %s

// CHECK: func.func @entry(%{{.*}}: tensor<4xf32> {bufferization.writable = false}, %{{.*}}: index)
// CHECK-SAME: llvm.emit_c_interface
func.func @entry(%a: tensor<4xf32>, %i: index) -> tensor<4xf32> {
  return %a : tensor<4xf32>
}

// CHECK: func.func private @inner(%{{.*}}: tensor<4xf32>) -> tensor<4xf32> {
func.func private @inner(%a: tensor<4xf32>) -> tensor<4xf32> {
  return %a : tensor<4xf32>
}

// CHECK: func.func private @external(tensor<4xf32>)
// CHECK-NOT: emit_c_interface
func.func private @external(tensor<4xf32>)
