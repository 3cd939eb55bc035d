// One residual block of the published 1.3B Gated DeltaNet-2 model behind an
// embedding of bytes: width 2304, 16 heads of K = V = 128, MLP width 6208.
// 18 of its blocks (72,368,784 parameters each) are the model's 1,302,638,112.
//
// A call continues the sequence from the states that the last one returned.
//
// RUN: gdn-opt %s --gdn-to-cpu=until=vectorized | FileCheck %s --implicit-check-not="= gdn." --implicit-check-not="call @"
// CHECK: func.func @main(

//===----------------------------------------------------------------------===//
// Rows of tokens
//===----------------------------------------------------------------------===//

// The row of each byte. Every token is checked before the table is read.
func.func private @embed(%tokens: tensor<1x?xi32>, %table: tensor<256x2304xf32>) -> tensor<?x2304xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c256 = arith.constant 256 : index
  %length = tensor.dim %tokens, %c1 : tensor<1x?xi32>
  %empty = tensor.empty(%length) : tensor<?x2304xf32>
  %rows = scf.for %t = %c0 to %length step %c1 iter_args(%sofar = %empty) -> (tensor<?x2304xf32>) {
    %token = tensor.extract %tokens[%c0, %t] : tensor<1x?xi32>
    %index = arith.index_cast %token : i32 to index
    %is_byte = arith.cmpi ult, %index, %c256 : index
    cf.assert %is_byte, "expects every token to be a byte, 0 to 255"
    %row = tensor.extract_slice %table[%index, 0] [1, 2304] [1, 1] : tensor<256x2304xf32> to tensor<1x2304xf32>
    %next = tensor.insert_slice %row into %sofar[%t, 0] [1, 2304] [1, 1] : tensor<1x2304xf32> into tensor<?x2304xf32>
    scf.yield %next : tensor<?x2304xf32>
  }
  return %rows : tensor<?x2304xf32>
}

// x / sqrt(mean(x * x) + 1e-5) * weight
func.func private @rms_norm(%x: tensor<?x2304xf32>, %weight: tensor<2304xf32>) -> tensor<?x2304xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %eps = arith.constant 1.0e-5 : f32
  %width = arith.constant 2304.0 : f32
  %length = tensor.dim %x, %c0 : tensor<?x2304xf32>
  %per_row = tensor.empty(%length) : tensor<?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%per_row : tensor<?xf32>) -> tensor<?xf32>
  %sums = linalg.generic {
      indexing_maps = [affine_map<(t, d) -> (t, d)>, affine_map<(t, d) -> (t)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x2304xf32>) outs(%zeros : tensor<?xf32>) {
    ^bb0(%xi: f32, %sum: f32):
      %square = arith.mulf %xi, %xi : f32
      %next = arith.addf %sum, %square : f32
      linalg.yield %next : f32
  } -> tensor<?xf32>
  %norms = linalg.generic {
      indexing_maps = [affine_map<(t) -> (t)>], iterator_types = ["parallel"]} outs(%sums : tensor<?xf32>) {
    ^bb0(%sum: f32):
      %mean = arith.divf %sum, %width : f32
      %shifted = arith.addf %mean, %eps : f32
      %root = math.sqrt %shifted : f32
      %inverse = arith.divf %one, %root : f32
      linalg.yield %inverse : f32
  } -> tensor<?xf32>
  %empty = tensor.empty(%length) : tensor<?x2304xf32>
  %y = linalg.generic {
      indexing_maps = [affine_map<(t, d) -> (t, d)>, affine_map<(t, d) -> (t)>, affine_map<(t, d) -> (d)>,
                       affine_map<(t, d) -> (t, d)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x, %norms, %weight : tensor<?x2304xf32>, tensor<?xf32>, tensor<2304xf32>)
      outs(%empty : tensor<?x2304xf32>) {
    ^bb0(%xi: f32, %norm: f32, %w: f32, %out: f32):
      %normed = arith.mulf %xi, %norm : f32
      %scaled = arith.mulf %normed, %w : f32
      linalg.yield %scaled : f32
  } -> tensor<?x2304xf32>
  return %y : tensor<?x2304xf32>
}

//===----------------------------------------------------------------------===//
// Projections, each between two widths of the model
//===----------------------------------------------------------------------===//

func.func private @width_to_heads(%x: tensor<?x2304xf32>, %weight: tensor<2304x2048xf32>) -> tensor<?x2048xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %length = tensor.dim %x, %c0 : tensor<?x2304xf32>
  %empty = tensor.empty(%length) : tensor<?x2048xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x2048xf32>) -> tensor<?x2048xf32>
  %y = linalg.matmul ins(%x, %weight : tensor<?x2304xf32>, tensor<2304x2048xf32>)
      outs(%zeros : tensor<?x2048xf32>) -> tensor<?x2048xf32>
  return %y : tensor<?x2048xf32>
}

func.func private @heads_to_width(%x: tensor<?x2048xf32>, %weight: tensor<2048x2304xf32>) -> tensor<?x2304xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %length = tensor.dim %x, %c0 : tensor<?x2048xf32>
  %empty = tensor.empty(%length) : tensor<?x2304xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x2304xf32>) -> tensor<?x2304xf32>
  %y = linalg.matmul ins(%x, %weight : tensor<?x2048xf32>, tensor<2048x2304xf32>)
      outs(%zeros : tensor<?x2304xf32>) -> tensor<?x2304xf32>
  return %y : tensor<?x2304xf32>
}

func.func private @width_to_rank(%x: tensor<?x2304xf32>, %weight: tensor<2304x128xf32>) -> tensor<?x128xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %length = tensor.dim %x, %c0 : tensor<?x2304xf32>
  %empty = tensor.empty(%length) : tensor<?x128xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x128xf32>) -> tensor<?x128xf32>
  %y = linalg.matmul ins(%x, %weight : tensor<?x2304xf32>, tensor<2304x128xf32>)
      outs(%zeros : tensor<?x128xf32>) -> tensor<?x128xf32>
  return %y : tensor<?x128xf32>
}

func.func private @rank_to_heads(%x: tensor<?x128xf32>, %weight: tensor<128x2048xf32>) -> tensor<?x2048xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %length = tensor.dim %x, %c0 : tensor<?x128xf32>
  %empty = tensor.empty(%length) : tensor<?x2048xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x2048xf32>) -> tensor<?x2048xf32>
  %y = linalg.matmul ins(%x, %weight : tensor<?x128xf32>, tensor<128x2048xf32>)
      outs(%zeros : tensor<?x2048xf32>) -> tensor<?x2048xf32>
  return %y : tensor<?x2048xf32>
}

func.func private @width_to_mlp(%x: tensor<?x2304xf32>, %weight: tensor<2304x6208xf32>) -> tensor<?x6208xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %length = tensor.dim %x, %c0 : tensor<?x2304xf32>
  %empty = tensor.empty(%length) : tensor<?x6208xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x6208xf32>) -> tensor<?x6208xf32>
  %y = linalg.matmul ins(%x, %weight : tensor<?x2304xf32>, tensor<2304x6208xf32>)
      outs(%zeros : tensor<?x6208xf32>) -> tensor<?x6208xf32>
  return %y : tensor<?x6208xf32>
}

func.func private @mlp_to_width(%x: tensor<?x6208xf32>, %weight: tensor<6208x2304xf32>) -> tensor<?x2304xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %length = tensor.dim %x, %c0 : tensor<?x6208xf32>
  %empty = tensor.empty(%length) : tensor<?x2304xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x2304xf32>) -> tensor<?x2304xf32>
  %y = linalg.matmul ins(%x, %weight : tensor<?x6208xf32>, tensor<6208x2304xf32>)
      outs(%zeros : tensor<?x2304xf32>) -> tensor<?x2304xf32>
  return %y : tensor<?x2304xf32>
}

//===----------------------------------------------------------------------===//
// The mixer's operands
//===----------------------------------------------------------------------===//

func.func private @sigmoid(%x: tensor<?x2048xf32>) -> tensor<?x2048xf32> {
  %one = arith.constant 1.0 : f32
  %y = linalg.generic {
      indexing_maps = [affine_map<(t, d) -> (t, d)>], iterator_types = ["parallel", "parallel"]}
      outs(%x : tensor<?x2048xf32>) {
    ^bb0(%xi: f32):
      %minus = arith.negf %xi : f32
      %exp = math.exp %minus : f32
      %denominator = arith.addf %one, %exp : f32
      %yi = arith.divf %one, %denominator : f32
      linalg.yield %yi : f32
  } -> tensor<?x2048xf32>
  return %y : tensor<?x2048xf32>
}

func.func private @split_heads(%x: tensor<?x2048xf32>) -> tensor<1x?x16x128xf32> {
  %c0 = arith.constant 0 : index
  %length = tensor.dim %x, %c0 : tensor<?x2048xf32>
  %heads = tensor.expand_shape %x [[0, 1], [2, 3]] output_shape [1, %length, 16, 128]
      : tensor<?x2048xf32> into tensor<1x?x16x128xf32>
  return %heads : tensor<1x?x16x128xf32>
}

// Queries, keys or values: a projection, a convolution over four tokens, SiLU.
func.func private @conv_heads(%x: tensor<?x2304xf32>, %weight: tensor<2304x2048xf32>, %filters: tensor<2048x4xf32>,
    %state: tensor<1x3x2048xf32>) -> (tensor<1x?x16x128xf32>, tensor<1x3x2048xf32>) {
  %c0 = arith.constant 0 : index
  %rows = call @width_to_heads(%x, %weight) : (tensor<?x2304xf32>, tensor<2304x2048xf32>) -> tensor<?x2048xf32>
  %length = tensor.dim %rows, %c0 : tensor<?x2048xf32>
  %tokens = tensor.expand_shape %rows [[0, 1], [2]] output_shape [1, %length, 2048]
      : tensor<?x2048xf32> into tensor<1x?x2048xf32>
  %y, %next = gdn.short_conv %tokens, %filters state(%state) {silu}
      : (tensor<1x?x2048xf32>, tensor<2048x4xf32>, tensor<1x3x2048xf32>)
      -> (tensor<1x?x2048xf32>, tensor<1x3x2048xf32>)
  %heads = tensor.expand_shape %y [[0], [1], [2, 3]] output_shape [1, %length, 16, 128]
      : tensor<1x?x2048xf32> into tensor<1x?x16x128xf32>
  return %heads, %next : tensor<1x?x16x128xf32>, tensor<1x3x2048xf32>
}

// The erase or the write gate, one value a channel.
func.func private @gate(%x: tensor<?x2304xf32>, %weight: tensor<2304x2048xf32>) -> tensor<1x?x16x128xf32> {
  %rows = call @width_to_heads(%x, %weight) : (tensor<?x2304xf32>, tensor<2304x2048xf32>) -> tensor<?x2048xf32>
  %gates = call @sigmoid(%rows) : (tensor<?x2048xf32>) -> tensor<?x2048xf32>
  %heads = call @split_heads(%gates) : (tensor<?x2048xf32>) -> tensor<1x?x16x128xf32>
  return %heads : tensor<1x?x16x128xf32>
}

// A projection through 128 channels.
func.func private @low_rank(%x: tensor<?x2304xf32>, %down: tensor<2304x128xf32>, %up: tensor<128x2048xf32>)
    -> tensor<?x2048xf32> {
  %narrow = call @width_to_rank(%x, %down) : (tensor<?x2304xf32>, tensor<2304x128xf32>) -> tensor<?x128xf32>
  %wide = call @rank_to_heads(%narrow, %up) : (tensor<?x128xf32>, tensor<128x2048xf32>) -> tensor<?x2048xf32>
  return %wide : tensor<?x2048xf32>
}

// W_o (norm(o) * SiLU(z)), z from W_g2 W_g1 x + bias.
func.func private @output(%o: tensor<1x?x16x128xf32>, %x: tensor<?x2304xf32>, %down: tensor<2304x128xf32>,
    %up: tensor<128x2048xf32>, %bias: tensor<2048xf32>, %norm: tensor<128xf32>, %weight: tensor<2048x2304xf32>)
    -> tensor<?x2304xf32> {
  %rows = call @low_rank(%x, %down, %up)
      : (tensor<?x2304xf32>, tensor<2304x128xf32>, tensor<128x2048xf32>) -> tensor<?x2048xf32>
  %biased = linalg.generic {
      indexing_maps = [affine_map<(t, d) -> (d)>, affine_map<(t, d) -> (t, d)>],
      iterator_types = ["parallel", "parallel"]} ins(%bias : tensor<2048xf32>) outs(%rows : tensor<?x2048xf32>) {
    ^bb0(%b: f32, %row: f32):
      %sum = arith.addf %row, %b : f32
      linalg.yield %sum : f32
  } -> tensor<?x2048xf32>
  %z = call @split_heads(%biased) : (tensor<?x2048xf32>) -> tensor<1x?x16x128xf32>
  %normed = gdn.gated_rms_norm %o, %z, %norm
      : (tensor<1x?x16x128xf32>, tensor<1x?x16x128xf32>, tensor<128xf32>) -> tensor<1x?x16x128xf32>
  %joined = tensor.collapse_shape %normed [[0, 1], [2, 3]] : tensor<1x?x16x128xf32> into tensor<?x2048xf32>
  %y = call @heads_to_width(%joined, %weight) : (tensor<?x2048xf32>, tensor<2048x2304xf32>) -> tensor<?x2304xf32>
  return %y : tensor<?x2304xf32>
}

// W_down (SiLU(W_gate x) * W_up x)
func.func private @mlp(%x: tensor<?x2304xf32>, %gate_weight: tensor<2304x6208xf32>,
    %up_weight: tensor<2304x6208xf32>, %down_weight: tensor<6208x2304xf32>) -> tensor<?x2304xf32> {
  %one = arith.constant 1.0 : f32
  %gates = call @width_to_mlp(%x, %gate_weight) : (tensor<?x2304xf32>, tensor<2304x6208xf32>) -> tensor<?x6208xf32>
  %ups = call @width_to_mlp(%x, %up_weight) : (tensor<?x2304xf32>, tensor<2304x6208xf32>) -> tensor<?x6208xf32>
  %gated = linalg.generic {
      indexing_maps = [affine_map<(t, d) -> (t, d)>, affine_map<(t, d) -> (t, d)>],
      iterator_types = ["parallel", "parallel"]} ins(%gates : tensor<?x6208xf32>) outs(%ups : tensor<?x6208xf32>) {
    ^bb0(%gate: f32, %up: f32):
      %minus = arith.negf %gate : f32
      %exp = math.exp %minus : f32
      %denominator = arith.addf %one, %exp : f32
      %silu = arith.divf %gate, %denominator : f32
      %product = arith.mulf %silu, %up : f32
      linalg.yield %product : f32
  } -> tensor<?x6208xf32>
  %y = call @mlp_to_width(%gated, %down_weight) : (tensor<?x6208xf32>, tensor<6208x2304xf32>) -> tensor<?x2304xf32>
  return %y : tensor<?x2304xf32>
}

//===----------------------------------------------------------------------===//
// The block
//===----------------------------------------------------------------------===//

func.func @main(
    %tokens: tensor<1x?xi32> {gdn.name = "tokens", gdn.token_dim = 1},
    %embedding: tensor<256x2304xf32> {gdn.name = "embedding", gdn.init = "normal(0.02)"},
    %mixer_norm: tensor<2304xf32> {gdn.name = "mixer_norm", gdn.init = "ones"},
    %query_weight: tensor<2304x2048xf32> {gdn.name = "query_weight", gdn.init = "normal(0.02)"},
    %query_filters: tensor<2048x4xf32> {gdn.name = "query_filters", gdn.init = "normal(0.02)"},
    %key_weight: tensor<2304x2048xf32> {gdn.name = "key_weight", gdn.init = "normal(0.02)"},
    %key_filters: tensor<2048x4xf32> {gdn.name = "key_filters", gdn.init = "normal(0.02)"},
    %value_weight: tensor<2304x2048xf32> {gdn.name = "value_weight", gdn.init = "normal(0.02)"},
    %value_filters: tensor<2048x4xf32> {gdn.name = "value_filters", gdn.init = "normal(0.02)"},
    %decay_down: tensor<2304x128xf32> {gdn.name = "decay_down", gdn.init = "normal(0.02)"},
    %decay_up: tensor<128x2048xf32> {gdn.name = "decay_up", gdn.init = "normal(0.02)"},
    %a_log: tensor<16xf32> {gdn.name = "a_log", gdn.init = "uniform(0, 2)"},
    %dt_bias: tensor<16x128xf32> {gdn.name = "dt_bias", gdn.init = "uniform(-4, -2)"},
    %erase_weight: tensor<2304x2048xf32> {gdn.name = "erase_weight", gdn.init = "normal(0.02)"},
    %write_weight: tensor<2304x2048xf32> {gdn.name = "write_weight", gdn.init = "normal(0.02)"},
    %gate_down: tensor<2304x128xf32> {gdn.name = "gate_down", gdn.init = "normal(0.02)"},
    %gate_up: tensor<128x2048xf32> {gdn.name = "gate_up", gdn.init = "normal(0.02)"},
    %gate_bias: tensor<2048xf32> {gdn.name = "gate_bias", gdn.init = "normal(0.02)"},
    %output_norm: tensor<128xf32> {gdn.name = "output_norm", gdn.init = "ones"},
    %output_weight: tensor<2048x2304xf32> {gdn.name = "output_weight", gdn.init = "normal(0.02)"},
    %mlp_norm: tensor<2304xf32> {gdn.name = "mlp_norm", gdn.init = "ones"},
    %mlp_gate: tensor<2304x6208xf32> {gdn.name = "mlp_gate", gdn.init = "normal(0.02)"},
    %mlp_up: tensor<2304x6208xf32> {gdn.name = "mlp_up", gdn.init = "normal(0.02)"},
    %mlp_down: tensor<6208x2304xf32> {gdn.name = "mlp_down", gdn.init = "normal(0.02)"},
    %query_state: tensor<1x3x2048xf32> {gdn.name = "query_state", gdn.init = "zeros"},
    %key_state: tensor<1x3x2048xf32> {gdn.name = "key_state", gdn.init = "zeros"},
    %value_state: tensor<1x3x2048xf32> {gdn.name = "value_state", gdn.init = "zeros"},
    %rule_state: tensor<1x16x128x128xf32> {gdn.name = "rule_state", gdn.init = "zeros"})
    -> (tensor<1x?x2304xf32> {gdn.name = "hidden", gdn.token_dim = 1},
        tensor<1x3x2048xf32> {gdn.name = "query_state"},
        tensor<1x3x2048xf32> {gdn.name = "key_state"},
        tensor<1x3x2048xf32> {gdn.name = "value_state"},
        tensor<1x16x128x128xf32> {gdn.name = "rule_state"}) {
  %hidden = call @embed(%tokens, %embedding) : (tensor<1x?xi32>, tensor<256x2304xf32>) -> tensor<?x2304xf32>

  // The mixer reads the normed rows.
  %x = call @rms_norm(%hidden, %mixer_norm) : (tensor<?x2304xf32>, tensor<2304xf32>) -> tensor<?x2304xf32>
  %query, %next_query_state = call @conv_heads(%x, %query_weight, %query_filters, %query_state)
      : (tensor<?x2304xf32>, tensor<2304x2048xf32>, tensor<2048x4xf32>, tensor<1x3x2048xf32>)
      -> (tensor<1x?x16x128xf32>, tensor<1x3x2048xf32>)
  %key, %next_key_state = call @conv_heads(%x, %key_weight, %key_filters, %key_state)
      : (tensor<?x2304xf32>, tensor<2304x2048xf32>, tensor<2048x4xf32>, tensor<1x3x2048xf32>)
      -> (tensor<1x?x16x128xf32>, tensor<1x3x2048xf32>)
  %value, %next_value_state = call @conv_heads(%x, %value_weight, %value_filters, %value_state)
      : (tensor<?x2304xf32>, tensor<2304x2048xf32>, tensor<2048x4xf32>, tensor<1x3x2048xf32>)
      -> (tensor<1x?x16x128xf32>, tensor<1x3x2048xf32>)
  %decay_rows = call @low_rank(%x, %decay_down, %decay_up)
      : (tensor<?x2304xf32>, tensor<2304x128xf32>, tensor<128x2048xf32>) -> tensor<?x2048xf32>
  %decay_heads = call @split_heads(%decay_rows) : (tensor<?x2048xf32>) -> tensor<1x?x16x128xf32>
  %decay = gdn.decay_gate %decay_heads, %a_log bias(%dt_bias)
      : (tensor<1x?x16x128xf32>, tensor<16xf32>, tensor<16x128xf32>) -> tensor<1x?x16x128xf32>
  %erase = call @gate(%x, %erase_weight) : (tensor<?x2304xf32>, tensor<2304x2048xf32>) -> tensor<1x?x16x128xf32>
  %write = call @gate(%x, %write_weight) : (tensor<?x2304xf32>, tensor<2304x2048xf32>) -> tensor<1x?x16x128xf32>
  %o, %next_rule_state = gdn.delta_rule %query, %key, %value
      decay(%decay) erase(%erase) write(%write) state(%rule_state) {qk_l2norm}
      : (tensor<1x?x16x128xf32>, tensor<1x?x16x128xf32>, tensor<1x?x16x128xf32>, tensor<1x?x16x128xf32>,
         tensor<1x?x16x128xf32>, tensor<1x?x16x128xf32>, tensor<1x16x128x128xf32>)
      -> (tensor<1x?x16x128xf32>, tensor<1x16x128x128xf32>)
  %mixed = call @output(%o, %x, %gate_down, %gate_up, %gate_bias, %output_norm, %output_weight)
      : (tensor<1x?x16x128xf32>, tensor<?x2304xf32>, tensor<2304x128xf32>, tensor<128x2048xf32>, tensor<2048xf32>,
         tensor<128xf32>, tensor<2048x2304xf32>) -> tensor<?x2304xf32>
  %middle = arith.addf %hidden, %mixed : tensor<?x2304xf32>

  // So does the MLP.
  %y = call @rms_norm(%middle, %mlp_norm) : (tensor<?x2304xf32>, tensor<2304xf32>) -> tensor<?x2304xf32>
  %gated = call @mlp(%y, %mlp_gate, %mlp_up, %mlp_down)
      : (tensor<?x2304xf32>, tensor<2304x6208xf32>, tensor<2304x6208xf32>, tensor<6208x2304xf32>)
      -> tensor<?x2304xf32>
  %rows = arith.addf %middle, %gated : tensor<?x2304xf32>

  %c1 = arith.constant 1 : index
  %length = tensor.dim %tokens, %c1 : tensor<1x?xi32>
  %result = tensor.expand_shape %rows [[0, 1], [2]] output_shape [1, %length, 2304]
      : tensor<?x2304xf32> into tensor<1x?x2304xf32>
  return %result, %next_query_state, %next_key_state, %next_value_state, %next_rule_state
      : tensor<1x?x2304xf32>, tensor<1x3x2048xf32>, tensor<1x3x2048xf32>, tensor<1x3x2048xf32>,
        tensor<1x16x128x128xf32>
}
