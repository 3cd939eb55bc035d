// Each part of the values is one column: its products are single elements of strided rows.
// REQUIRES: jit
// RUN: gdn-run %s --entry=f --value-split=2 --compare-with=reference
func.func @f(%q: tensor<1x5x1x24xf32> {gdn.init="normal(1)"}, %v: tensor<1x5x1x2xf32> {gdn.init="normal(1)"}) -> tensor<1x5x1x2xf32> {
  %o, %fs = gdn.delta_rule %q, %q, %v erase(%q) {qk_l2norm} : (tensor<1x5x1x24xf32>, tensor<1x5x1x24xf32>, tensor<1x5x1x2xf32>, tensor<1x5x1x24xf32>) -> (tensor<1x5x1x2xf32>, tensor<1x1x24x2xf32>)
  return %o : tensor<1x5x1x2xf32>
}
