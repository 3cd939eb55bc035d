// RUN: gdn-opt %s --gdn-verify-tiled --split-input-file --verify-diagnostics
#schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1>
#state = #gdn.blocked<per_lane = [8, 4], lanes = [8, 4], warps = [1, 1]>

func.func @tiled(%m: tensor<64x16xf32>) -> tensor<64x16xf32> {
  %c0 = arith.constant 0 : index
  %0 = scf.forall (%i) in (1) shared_outs(%o = %m) -> (tensor<64x16xf32>) {
    %s = gdn.tile_load %m[%c0, %c0] : tensor<64x16xf32> to !gdn.tile<64x16xf32, #state>
    %n = gdn.tile_store %s, %o[%c0, %c0] : !gdn.tile<64x16xf32, #state>, tensor<64x16xf32> -> tensor<64x16xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %n into %o[0, 0] [64, 16] [1, 1] : tensor<64x16xf32> into tensor<64x16xf32>
    }
  } {gdn.schedule = #schedule}
  return %0 : tensor<64x16xf32>
}

// -----

// Arithmetic on tensors is left over.
func.func @not_tiled(%m: tensor<64x16xf32>) -> tensor<64x16xf32> {
  %0 = scf.forall (%i) in (1) shared_outs(%o = %m) -> (tensor<64x16xf32>) {
    // expected-error @below {{is not in tiled form: arith.addf remains}}
    %n = arith.addf %m, %m : tensor<64x16xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %n into %o[0, 0] [64, 16] [1, 1] : tensor<64x16xf32> into tensor<64x16xf32>
    }
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1>}
  return %0 : tensor<64x16xf32>
}

// -----

// A part of one tensor would be copied to another.
func.func @copied(%m: tensor<64x16xf32>) -> tensor<64x16xf32> {
  %0 = scf.forall (%i) in (1) shared_outs(%o = %m) -> (tensor<64x16xf32>) {
    %n = tensor.extract_slice %m[0, 0] [64, 16] [1, 1] : tensor<64x16xf32> to tensor<64x16xf32>
    scf.forall.in_parallel {
      // expected-error @below {{is not in tiled form: tensor.parallel_insert_slice remains}}
      tensor.parallel_insert_slice %n into %o[0, 0] [64, 16] [1, 1] : tensor<64x16xf32> into tensor<64x16xf32>
    }
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1>}
  return %0 : tensor<64x16xf32>
}

// -----

// So would one row to another of the same tensor.
func.func @moved(%m: tensor<64x16xf32>) -> tensor<64x16xf32> {
  %0 = scf.forall (%i) in (32) shared_outs(%o = %m) -> (tensor<64x16xf32>) {
    %n = tensor.extract_slice %o[32, 0] [1, 16] [1, 1] : tensor<64x16xf32> to tensor<1x16xf32>
    scf.forall.in_parallel {
      // expected-error @below {{is not in tiled form: tensor.parallel_insert_slice remains}}
      tensor.parallel_insert_slice %n into %o[%i, 0] [1, 16] [1, 1] : tensor<1x16xf32> into tensor<64x16xf32>
    }
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1>}
  return %0 : tensor<64x16xf32>
}

// -----

// What stays where it was is none.
func.func @in_place(%m: tensor<64x16xf32>) -> tensor<64x16xf32> {
  %0 = scf.forall (%i) in (64) shared_outs(%o = %m) -> (tensor<64x16xf32>) {
    %n = tensor.extract_slice %o[%i, 0] [1, 16] [1, 1] : tensor<64x16xf32> to tensor<1x16xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %n into %o[%i, 0] [1, 16] [1, 1] : tensor<1x16xf32> into tensor<64x16xf32>
    }
  } {gdn.schedule = #gdn.schedule<recurrent, key_lanes = 8, warps = 1>}
  return %0 : tensor<64x16xf32>
}
