// Each part of the values is one column: its products are single elements of strided rows.
// REQUIRES: jit
// RUN: gdn-run %s --entry=rule --value-split=2 --compare-with=reference
!k = tensor<1x5x1x24xf32>
!v = tensor<1x5x1x2xf32>

func.func @rule(%q: !k {gdn.init = "normal(1)"}, %v: !v {gdn.init = "normal(1)"}) -> !v {
  %o, %s = gdn.delta_rule %q, %q, %v erase(%q) {qk_l2norm} : (!k, !k, !v, !k) -> (!v, tensor<1x1x24x2xf32>)
  return %o : !v
}
