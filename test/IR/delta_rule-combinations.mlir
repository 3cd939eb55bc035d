// Every combination of optional operands survives the custom form, the generic form and bytecode.
// RUN: gdn-opt %s | FileCheck %s
// RUN: gdn-opt %s -o %t.custom
// RUN: gdn-opt %t.custom -o %t.again && diff %t.custom %t.again
// RUN: gdn-opt %s --mlir-print-op-generic | gdn-opt -o %t.again && diff %t.custom %t.again
// RUN: gdn-opt %s --emit-bytecode | gdn-opt -o %t.again && diff %t.custom %t.again

!q = tensor<1x8x2x4xf16>
!v = tensor<1x8x4x6xf16>
!g = tensor<1x8x2xf32>
!b = tensor<1x8x4x4xf16>
!w = tensor<1x8x4x6xf32>
!s = tensor<1x4x4x6xf32>
!n = tensor<2xi64>

// CHECK-LABEL: func @combinations
// CHECK-SAME: %[[Q:.*]]: tensor<1x8x2x4xf16>, %[[V:.*]]: tensor<1x8x4x6xf16>, %[[G:.*]]: tensor<1x8x2xf32>,
// CHECK-SAME: %[[B:.*]]: tensor<1x8x4x4xf16>, %[[W:.*]]: tensor<1x8x4x6xf32>,
// CHECK-SAME: %[[S:.*]]: tensor<1x4x4x6xf32>, %[[N:.*]]: tensor<2xi64>)
func.func @combinations(%q: !q, %v: !v, %g: !g, %b: !b, %w: !w, %s0: !s, %cu: !n) {
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] :
  %0:2 = gdn.delta_rule %q, %q, %v : (!q, !q, !v) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) :
  %1:2 = gdn.delta_rule %q, %q, %v decay(%g) : (!q, !q, !v, !g) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] erase(%[[B]]) :
  %2:2 = gdn.delta_rule %q, %q, %v erase(%b) : (!q, !q, !v, !b) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) erase(%[[B]]) :
  %3:2 = gdn.delta_rule %q, %q, %v decay(%g) erase(%b) : (!q, !q, !v, !g, !b) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] write(%[[W]]) :
  %4:2 = gdn.delta_rule %q, %q, %v write(%w) : (!q, !q, !v, !w) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) write(%[[W]]) :
  %5:2 = gdn.delta_rule %q, %q, %v decay(%g) write(%w) : (!q, !q, !v, !g, !w) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] erase(%[[B]]) write(%[[W]]) :
  %6:2 = gdn.delta_rule %q, %q, %v erase(%b) write(%w) : (!q, !q, !v, !b, !w) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) erase(%[[B]]) write(%[[W]]) :
  %7:2 = gdn.delta_rule %q, %q, %v decay(%g) erase(%b) write(%w) : (!q, !q, !v, !g, !b, !w) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] state(%[[S]]) :
  %8:2 = gdn.delta_rule %q, %q, %v state(%s0) : (!q, !q, !v, !s) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) state(%[[S]]) :
  %9:2 = gdn.delta_rule %q, %q, %v decay(%g) state(%s0) : (!q, !q, !v, !g, !s) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] erase(%[[B]]) state(%[[S]]) :
  %10:2 = gdn.delta_rule %q, %q, %v erase(%b) state(%s0) : (!q, !q, !v, !b, !s) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) erase(%[[B]]) state(%[[S]]) :
  %11:2 = gdn.delta_rule %q, %q, %v decay(%g) erase(%b) state(%s0) : (!q, !q, !v, !g, !b, !s) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] write(%[[W]]) state(%[[S]]) :
  %12:2 = gdn.delta_rule %q, %q, %v write(%w) state(%s0) : (!q, !q, !v, !w, !s) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) write(%[[W]]) state(%[[S]]) :
  %13:2 = gdn.delta_rule %q, %q, %v decay(%g) write(%w) state(%s0) : (!q, !q, !v, !g, !w, !s) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] erase(%[[B]]) write(%[[W]]) state(%[[S]]) :
  %14:2 = gdn.delta_rule %q, %q, %v erase(%b) write(%w) state(%s0) : (!q, !q, !v, !b, !w, !s) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) erase(%[[B]]) write(%[[W]]) state(%[[S]]) :
  %15:2 = gdn.delta_rule %q, %q, %v decay(%g) erase(%b) write(%w) state(%s0) : (!q, !q, !v, !g, !b, !w, !s) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] segments(%[[N]]) :
  %16:2 = gdn.delta_rule %q, %q, %v segments(%cu) : (!q, !q, !v, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) segments(%[[N]]) :
  %17:2 = gdn.delta_rule %q, %q, %v decay(%g) segments(%cu) : (!q, !q, !v, !g, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] erase(%[[B]]) segments(%[[N]]) :
  %18:2 = gdn.delta_rule %q, %q, %v erase(%b) segments(%cu) : (!q, !q, !v, !b, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) erase(%[[B]]) segments(%[[N]]) :
  %19:2 = gdn.delta_rule %q, %q, %v decay(%g) erase(%b) segments(%cu) : (!q, !q, !v, !g, !b, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] write(%[[W]]) segments(%[[N]]) :
  %20:2 = gdn.delta_rule %q, %q, %v write(%w) segments(%cu) : (!q, !q, !v, !w, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) write(%[[W]]) segments(%[[N]]) :
  %21:2 = gdn.delta_rule %q, %q, %v decay(%g) write(%w) segments(%cu) : (!q, !q, !v, !g, !w, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] erase(%[[B]]) write(%[[W]]) segments(%[[N]]) :
  %22:2 = gdn.delta_rule %q, %q, %v erase(%b) write(%w) segments(%cu) : (!q, !q, !v, !b, !w, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) erase(%[[B]]) write(%[[W]]) segments(%[[N]]) :
  %23:2 = gdn.delta_rule %q, %q, %v decay(%g) erase(%b) write(%w) segments(%cu) : (!q, !q, !v, !g, !b, !w, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] state(%[[S]]) segments(%[[N]]) :
  %24:2 = gdn.delta_rule %q, %q, %v state(%s0) segments(%cu) : (!q, !q, !v, !s, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) state(%[[S]]) segments(%[[N]]) :
  %25:2 = gdn.delta_rule %q, %q, %v decay(%g) state(%s0) segments(%cu) : (!q, !q, !v, !g, !s, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] erase(%[[B]]) state(%[[S]]) segments(%[[N]]) :
  %26:2 = gdn.delta_rule %q, %q, %v erase(%b) state(%s0) segments(%cu) : (!q, !q, !v, !b, !s, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) erase(%[[B]]) state(%[[S]]) segments(%[[N]]) :
  %27:2 = gdn.delta_rule %q, %q, %v decay(%g) erase(%b) state(%s0) segments(%cu) : (!q, !q, !v, !g, !b, !s, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] write(%[[W]]) state(%[[S]]) segments(%[[N]]) :
  %28:2 = gdn.delta_rule %q, %q, %v write(%w) state(%s0) segments(%cu) : (!q, !q, !v, !w, !s, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) write(%[[W]]) state(%[[S]]) segments(%[[N]]) :
  %29:2 = gdn.delta_rule %q, %q, %v decay(%g) write(%w) state(%s0) segments(%cu) : (!q, !q, !v, !g, !w, !s, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] erase(%[[B]]) write(%[[W]]) state(%[[S]]) segments(%[[N]]) :
  %30:2 = gdn.delta_rule %q, %q, %v erase(%b) write(%w) state(%s0) segments(%cu) : (!q, !q, !v, !b, !w, !s, !n) -> (!v, !s)
  // CHECK: gdn.delta_rule %[[Q]], %[[Q]], %[[V]] decay(%[[G]]) erase(%[[B]]) write(%[[W]]) state(%[[S]]) segments(%[[N]]) :
  %31:2 = gdn.delta_rule %q, %q, %v decay(%g) erase(%b) write(%w) state(%s0) segments(%cu) : (!q, !q, !v, !g, !b, !w, !s, !n) -> (!v, !s)
  return
}
