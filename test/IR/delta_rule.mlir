// RUN: gdn-opt %s | FileCheck %s
// RUN: gdn-opt %s | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --mlir-print-op-generic | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --emit-bytecode | gdn-opt | FileCheck %s
// RUN: gdn-opt %s --mlir-print-op-generic | FileCheck %s --check-prefix=GENERIC

!qk = tensor<2x8x4x16xbf16>
!v = tensor<2x8x8x32xbf16>
!s = tensor<2x8x16x32xf32>

// CHECK-LABEL: func @linear_attention
// CHECK: gdn.delta_rule %{{[a-z0-9]+}}, %{{[a-z0-9]+}}, %{{[a-z0-9]+}} : (
// CHECK-SAME: tensor<2x8x4x16xbf16>, tensor<2x8x4x16xbf16>, tensor<2x8x8x32xbf16>)
// CHECK-SAME: -> (tensor<2x8x8x32xbf16>, tensor<2x8x16x32xf32>)
// GENERIC-LABEL: sym_name = "linear_attention"
// GENERIC: "gdn.delta_rule"(%{{.*}}) <{operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0, 0>}>
func.func @linear_attention(%q: !qk, %k: !qk, %v: !v) {
  %o, %s = gdn.delta_rule %q, %k, %v : (!qk, !qk, !v) -> (!v, !s)
  return
}

// CHECK-LABEL: func @decay_of_value_heads
// CHECK-SAME: %[[Q:[a-z0-9]+]]: {{.*}}, %[[K:[a-z0-9]+]]: {{.*}}, %[[V:[a-z0-9]+]]: {{.*}}, %[[G:[a-z0-9]+]]:
// CHECK: gdn.delta_rule %[[Q]], %[[K]], %[[V]] decay(%[[G]]) :
func.func @decay_of_value_heads(%q: !qk, %k: !qk, %v: !v, %g: tensor<2x8x8xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g)
      : (!qk, !qk, !v, tensor<2x8x8xf32>) -> (!v, !s)
  return
}

// CHECK-LABEL: func @decay_of_value_heads_and_channels
// CHECK: gdn.delta_rule {{.*}} decay(%{{.*}}) :
func.func @decay_of_value_heads_and_channels(%q: !qk, %k: !qk, %v: !v,
                                             %g: tensor<2x8x8x16xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g)
      : (!qk, !qk, !v, tensor<2x8x8x16xf32>) -> (!v, !s)
  return
}

// Each optional operand finds its own place without the others.
// CHECK-LABEL: func @erase_alone
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<2x8x4xbf16>)
// CHECK: gdn.delta_rule %{{[a-z0-9]+}}, %{{[a-z0-9]+}}, %{{[a-z0-9]+}} erase(%[[B]]) :
// GENERIC-LABEL: sym_name = "erase_alone"
// GENERIC: operandSegmentSizes = array<i32: 1, 1, 1, 0, 1, 0, 0, 0>
func.func @erase_alone(%q: !qk, %k: !qk, %v: !v, %b: tensor<2x8x4xbf16>) {
  %o, %s = gdn.delta_rule %q, %k, %v erase(%b)
      : (!qk, !qk, !v, tensor<2x8x4xbf16>) -> (!v, !s)
  return
}

// CHECK-LABEL: func @write_alone
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<2x8x8xf32>)
// CHECK: gdn.delta_rule %{{[a-z0-9]+}}, %{{[a-z0-9]+}}, %{{[a-z0-9]+}} write(%[[W]]) :
func.func @write_alone(%q: !qk, %k: !qk, %v: !v, %w: tensor<2x8x8xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v write(%w)
      : (!qk, !qk, !v, tensor<2x8x8xf32>) -> (!v, !s)
  return
}

// CHECK-LABEL: func @state_alone
// CHECK-SAME: %[[S0:[a-z0-9]+]]: tensor<2x8x16x32xf32>)
// CHECK: gdn.delta_rule %{{[a-z0-9]+}}, %{{[a-z0-9]+}}, %{{[a-z0-9]+}} state(%[[S0]]) :
func.func @state_alone(%q: !qk, %k: !qk, %v: !v, %s0: !s) {
  %o, %s = gdn.delta_rule %q, %k, %v state(%s0) : (!qk, !qk, !v, !s) -> (!v, !s)
  return
}

// CHECK-LABEL: func @everything
// CHECK-SAME: %[[G:[a-z0-9]+]]: tensor<1x?x4xf32>, %[[B:[a-z0-9]+]]: tensor<1x?x4x16xbf16>,
// CHECK-SAME: %[[W:[a-z0-9]+]]: tensor<1x?x8x32xbf16>, %[[S0:[a-z0-9]+]]: tensor<3x8x16x32xf32>,
// CHECK-SAME: %[[CU:[a-z0-9]+]]: tensor<4xi32>)
// CHECK: %[[OUT:.*]], %[[STATE:.*]] = gdn.delta_rule
// CHECK-SAME: decay(%[[G]]) erase(%[[B]]) write(%[[W]]) state(%[[S0]]) segments(%[[CU]])
// CHECK-SAME: {qk_l2norm, scale = 1.250000e-01 : f32} :
// CHECK: return %[[OUT]], %[[STATE]]
// GENERIC-LABEL: sym_name = "everything"
// GENERIC: <{operandSegmentSizes = array<i32: 1, 1, 1, 1, 1, 1, 1, 1>, qk_l2norm, scale = 1.250000e-01 : f32}>
func.func @everything(%q: tensor<1x?x4x16xbf16>, %k: tensor<1x?x4x16xbf16>,
                      %v: tensor<1x?x8x32xbf16>, %g: tensor<1x?x4xf32>,
                      %b: tensor<1x?x4x16xbf16>, %w: tensor<1x?x8x32xbf16>,
                      %s0: tensor<3x8x16x32xf32>, %cu: tensor<4xi32>)
    -> (tensor<1x?x8x32xbf16>, tensor<3x8x16x32xf32>) {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s0) segments(%cu)
      {scale = 0.125 : f32, qk_l2norm}
      : (tensor<1x?x4x16xbf16>, tensor<1x?x4x16xbf16>, tensor<1x?x8x32xbf16>,
         tensor<1x?x4xf32>, tensor<1x?x4x16xbf16>, tensor<1x?x8x32xbf16>,
         tensor<3x8x16x32xf32>, tensor<4xi32>)
      -> (tensor<1x?x8x32xbf16>, tensor<3x8x16x32xf32>)
  return %o, %s : tensor<1x?x8x32xbf16>, tensor<3x8x16x32xf32>
}

// With a dynamic number of starts, the initial state may know N.
// CHECK-LABEL: func @dynamic_segments
// CHECK: -> (tensor<?x?x4x32xf32>, tensor<?x4x16x32xf32>)
// CHECK: -> (tensor<?x?x4x32xf32>, tensor<3x4x16x32xf32>)
func.func @dynamic_segments(%q: tensor<?x?x4x16xf32>, %v: tensor<?x?x4x32xf32>,
                            %s0: tensor<3x4x16x32xf32>, %cu: tensor<?xi64>) {
  %o0, %s1 = gdn.delta_rule %q, %q, %v segments(%cu)
      : (tensor<?x?x4x16xf32>, tensor<?x?x4x16xf32>, tensor<?x?x4x32xf32>, tensor<?xi64>)
      -> (tensor<?x?x4x32xf32>, tensor<?x4x16x32xf32>)
  %o1, %s2 = gdn.delta_rule %q, %q, %v state(%s0) segments(%cu)
      : (tensor<?x?x4x16xf32>, tensor<?x?x4x16xf32>, tensor<?x?x4x32xf32>,
         tensor<3x4x16x32xf32>, tensor<?xi64>)
      -> (tensor<?x?x4x32xf32>, tensor<3x4x16x32xf32>)
  return
}

// No sequence, no batch entry and no token are legal.
// CHECK-LABEL: func @empty
// CHECK-COUNT-2: gdn.delta_rule
func.func @empty(%q: tensor<1x0x4x16xf16>, %p: tensor<0x8x4x16xf16>, %cu: tensor<1xi32>) {
  %o, %s = gdn.delta_rule %q, %q, %q segments(%cu)
      : (tensor<1x0x4x16xf16>, tensor<1x0x4x16xf16>, tensor<1x0x4x16xf16>, tensor<1xi32>)
      -> (tensor<1x0x4x16xf16>, tensor<0x4x16x16xf32>)
  %o1, %s1 = gdn.delta_rule %p, %p, %p
      : (tensor<0x8x4x16xf16>, tensor<0x8x4x16xf16>, tensor<0x8x4x16xf16>)
      -> (tensor<0x8x4x16xf16>, tensor<0x4x16x16xf32>)
  return
}
