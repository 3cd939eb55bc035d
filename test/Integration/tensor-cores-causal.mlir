// The chunked form on tensor cores, bit for bit: what later tokens, a factor of 2 and a decay of -inf change.
// REQUIRES: jit
// RUN: gdn-run %s --target=sim --entry=causal
// RUN: gdn-run %s --target=sim --entry=doubled
// RUN: gdn-run %s --target=sim --entry=anew
!gs = tensor<1x1x128x128xf32>
!one = tensor<1x33x1x128xbf16>
!decay = tensor<1x33x1x128xf32>

func.func private @rule(%q: !one, %k: !one, %v: !one, %g: !decay, %b: !one) -> !one {
  %o, %s = gdn.delta_rule %q, %k, %v decay(%g) erase(%b)
      {schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>}
      : (!one, !one, !one, !decay, !one) -> (!one, !gs)
  return %o : !one
}

// Values 2^60 times as large from token 20 on change no bit before it.
func.func @causal(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1)"},
                  %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"}) {
  %large = arith.constant 0x5D80 : bf16
  %late = tensor.extract_slice %v[0, 20, 0, 0] [1, 13, 1, 128] [1, 1, 1, 1] : !one to tensor<1x13x1x128xbf16>
  %factor = tensor.splat %large : tensor<1x13x1x128xbf16>
  %scaled = arith.mulf %late, %factor : tensor<1x13x1x128xbf16>
  %changed = tensor.insert_slice %scaled into %v[0, 20, 0, 0] [1, 13, 1, 128] [1, 1, 1, 1] : tensor<1x13x1x128xbf16> into !one
  %o0 = call @rule(%q, %k, %v, %g, %b) : (!one, !one, !one, !decay, !one) -> !one
  %o1 = call @rule(%q, %k, %changed, %g, %b) : (!one, !one, !one, !decay, !one) -> !one
  %e0 = tensor.extract_slice %o0[0, 0, 0, 0] [1, 20, 1, 128] [1, 1, 1, 1] : !one to tensor<1x20x1x128xbf16>
  %e1 = tensor.extract_slice %o1[0, 0, 0, 0] [1, 20, 1, 128] [1, 1, 1, 1] : !one to tensor<1x20x1x128xbf16>
  check.expect_equal %e0, %e1 : tensor<1x20x1x128xbf16>
  return
}

// Twice the values give twice the outputs, bit for bit.
func.func @doubled(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1)"},
                   %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"}) {
  %twice = arith.addf %v, %v : !one
  %o0 = call @rule(%q, %k, %v, %g, %b) : (!one, !one, !one, !decay, !one) -> !one
  %o1 = call @rule(%q, %k, %twice, %g, %b) : (!one, !one, !one, !decay, !one) -> !one
  %expected = arith.addf %o0, %o0 : !one
  check.expect_equal %o1, %expected : !one
  return
}

// A decay of -inf at token 21, in the middle of a chunk: values of 1e30 before it do not show behind it.
func.func @anew(%q: !one {gdn.init = "normal(0.09)"}, %k: !one {gdn.init = "normal(0.09)"}, %v: !one {gdn.init = "normal(1)"},
                %g: !decay {gdn.init = "uniform(-0.5, 0)"}, %b: !one {gdn.init = "uniform(0, 1)"}) {
  %forget = arith.constant dense<0xFF800000> : tensor<1x1x1x128xf32>
  %gate = tensor.insert_slice %forget into %g[0, 21, 0, 0] [1, 1, 1, 128] [1, 1, 1, 1] : tensor<1x1x1x128xf32> into !decay
  %large = arith.constant 0x7149 : bf16
  %early = tensor.extract_slice %v[0, 0, 0, 0] [1, 21, 1, 128] [1, 1, 1, 1] : !one to tensor<1x21x1x128xbf16>
  %factor = tensor.splat %large : tensor<1x21x1x128xbf16>
  %scaled = arith.mulf %early, %factor : tensor<1x21x1x128xbf16>
  %changed = tensor.insert_slice %scaled into %v[0, 0, 0, 0] [1, 21, 1, 128] [1, 1, 1, 1] : tensor<1x21x1x128xbf16> into !one
  %o0 = call @rule(%q, %k, %v, %gate, %b) : (!one, !one, !one, !decay, !one) -> !one
  %o1 = call @rule(%q, %k, %changed, %gate, %b) : (!one, !one, !one, !decay, !one) -> !one
  %e0 = tensor.extract_slice %o0[0, 21, 0, 0] [1, 12, 1, 128] [1, 1, 1, 1] : !one to tensor<1x12x1x128xbf16>
  %e1 = tensor.extract_slice %o1[0, 21, 0, 0] [1, 12, 1, 128] [1, 1, 1, 1] : !one to tensor<1x12x1x128xbf16>
  check.expect_equal %e0, %e1 : tensor<1x12x1x128xbf16>
  return
}
