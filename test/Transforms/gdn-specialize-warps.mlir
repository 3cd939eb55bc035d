// RUN: gdn-opt %s --gdn-specialize-warps --canonicalize --cse --split-input-file --verify-diagnostics | FileCheck %s
#schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>
!keys = memref<?x128xbf16>
!values = memref<?x64xbf16>

// The whole kernel of Gated DeltaNet-2: who waits for what, and the products of a chunk.
// CHECK-LABEL: func @gdn2
// CHECK:         gpu.launch {{.*}} dynamic_shared_memory_size %c{{[0-9]+}}_i32
// CHECK:           gpu.barrier
// CHECK:           gdn.warp_role "chain" first 0 teams 1 team_warps 4 {
// CHECK:             %[[FIRST:.*]] = gdn.tile_load %{{.*}} : memref<64x128xf32, strided<[1, 64]>>
// CHECK:             %[[LAST:.*]] = scf.for {{.*}} iter_args(%[[S:.*]] = %[[FIRST]])
// CHECK:               gdn.event_wait %[[VALUES:[^ ]+]][
// CHECK:               gdn.event_wait %[[READY:[^ ]+]][
// CHECK:               %[[ROUNDED:.*]] = gdn.tile_cast %[[S]] : {{.*}} to <64x128xtf32
// CHECK:               %[[READ:.*]] = gdn.tile_mma %[[ROUNDED]], %[[GATED:[^ ]+]][
// CHECK:               %[[P:.*]] = gdn.tile_columns %[[READ]] from 0
// CHECK:               %[[O:.*]] = gdn.tile_columns %[[READ]] from 16
// CHECK:               %[[X:.*]] = arith.subf %{{.*}}, %[[P]]
// CHECK:               %[[DECAYED:.*]] = arith.mulf %{{.*}}, %[[S]]
// CHECK:               %[[R:.*]] = gdn.tile_mma %{{.*}}, %[[INVERSE:[^ ]+]][%{{.*}}], %[[X]]
// CHECK:               %[[OPERAND:.*]] = gdn.tile_cast %[[R]]
// CHECK:               %[[JOINED:.*]] = gdn.tile_join %{{.*}}, %[[DECAYED]]
// CHECK:               %[[SUMS:.*]] = gdn.tile_mma %[[OPERAND]], %[[READERS:[^ ]+]][%{{.*}}], %[[JOINED]]
// CHECK:               %[[ADDED:.*]] = gdn.tile_columns %[[SUMS]] from 0
// CHECK:               %[[NEXT:.*]] = gdn.tile_columns %[[SUMS]] from 16
// CHECK:               gdn.event_arrive %[[FREE:[^ ]+]][
// CHECK:               arith.addf %[[O]], %[[ADDED]]
// CHECK:               scf.yield %[[NEXT]]
// CHECK:             gdn.tile_store %[[LAST]]
// CHECK:           gdn.warp_role "prepare" first 4 teams 2 team_warps 2 {
// CHECK:               gdn.event_wait %[[OPERANDS:[^ ]+]][
// CHECK:               %[[A:.*]] = math.exp2 %{{.*}} fastmath<afn>
// CHECK:               %[[Q:.*]] = arith.mulf %[[A]],
// CHECK:               %[[E:.*]] = arith.mulf %[[A]],
// CHECK:               gdn.event_arrive %[[TAKEN:[^ ]+]][
// CHECK:               gdn.event_wait %[[SOLVED:[^ ]+]][%{{.*}}] previous
// CHECK:               %[[UPPER:.*]] = gdn.tile_half %[[E]] blocks 1 upper
// CHECK:               %[[FACTOR:.*]] = gdn.tile_cast %[[UPPER]]
// CHECK:               gdn.shared_store %[[FACTOR]], %[[ROWS:[0-9]+]][
// CHECK:               gdn.tile_half %[[Q]] blocks 1 upper
// CHECK:               gdn.tile_half %{{.*}} blocks 1 :
// CHECK:               gdn.shared_store %{{[0-9]+}}, %[[COLUMNS:[0-9]+]][
// CHECK:               %[[E2:.*]] = gdn.tile_decay_half %[[E]] by %[[A]] blocks 1 upper
// CHECK:               gdn.tile_decay_half %[[Q]] by %[[A]] blocks 1 upper
// CHECK:               gdn.tile_decay_half %{{.*}} by %[[A]] blocks 1 :
// CHECK:               %[[EVEN:.*]] = gdn.tile_half %[[A]] blocks 1 :
// CHECK:               %[[ODD:.*]] = gdn.tile_half %[[A]] blocks 1 upper
// CHECK:               %[[A2:.*]] = arith.mulf %[[EVEN]], %[[ODD]]
// CHECK:               gdn.tile_decay_half %[[E2]] by %[[A2]] blocks 2 upper
// CHECK:               gdn.tile_decay_half %{{.*}} blocks 4 upper
// CHECK:               gdn.tile_decay_half %{{.*}} blocks 8 upper
// CHECK:               gdn.event_arrive %[[PAIRED:[^ ]+]][
// CHECK:               gdn.event_wait %[[FREE]][%{{.*}}] previous
// CHECK:               gdn.shared_store %{{.*}}, %[[GATED]][
// CHECK:               gdn.shared_store %{{.*}}, %[[GATED]][
// CHECK:               gdn.shared_store %{{.*}}, %[[READERS]][{{.*}}] transposed
// CHECK:               gdn.event_arrive %[[READY]][
// CHECK:           gdn.warp_role "solve" first 8 teams 2 team_warps 1 {
// CHECK:             gdn.warp_barrier
// CHECK:             scf.for
// CHECK:               gdn.event_wait %[[OPERANDS]][
// CHECK:               %[[OWN:.*]] = gdn.tile_pair_mma
// CHECK:               gdn.shared_store_pairs %[[OWN]], %[[SCORES:[0-9]+]][%{{.*}}] blocks 0
// CHECK:               gdn.event_arrive %[[TAKEN]][
// CHECK:               gdn.event_wait %[[PAIRED]][
// CHECK-COUNT-4:       gdn.tile_pair_mma %[[ROWS]][{{.*}}], %[[COLUMNS]][
// CHECK:               gdn.event_arrive %[[SOLVED]][
// CHECK:               gdn.shared_store_pairs %{{.*}}, %[[ERASED:[0-9]+]][%{{.*}}] blocks 1
// CHECK:               gdn.shared_store_pairs %{{.*}}, %[[SCORES]][%{{.*}}] blocks 1
// CHECK:               gdn.shared_store_pairs %{{.*}}, %[[ERASED]][%{{.*}}] blocks 8
// CHECK:               gdn.shared_store_pairs %{{.*}}, %[[SCORES]][%{{.*}}] blocks 8
// CHECK:               gdn.warp_barrier
// CHECK:               gdn.tile_unit_inverse %[[ERASED]][
// CHECK:               gdn.event_wait %[[FREE]][%{{.*}}] previous
// CHECK:               gdn.shared_store %{{.*}}, %[[READERS]][
// CHECK:               gdn.shared_store %{{.*}}, %[[INVERSE]][
// CHECK:               gdn.event_arrive %[[READY]][
// CHECK:           gdn.warp_role "load" first 10 teams 1 team_warps 1 {
// CHECK:             gdn.event_wait %[[TAKEN]][%{{.*}}] previous
// CHECK-COUNT-4:     gdn.copy_in
// CHECK:             gdn.event_arrive %[[OPERANDS]][%{{.*}}] copies
// CHECK:             gdn.event_wait %[[STORED:[^ ]+]][%{{.*}}] previous
// CHECK-COUNT-2:     gdn.copy_in
// CHECK:             gdn.event_arrive %[[VALUES]][%{{.*}}] copies
// CHECK:           gdn.warp_role "store" first 11 teams 1 team_warps 1 {
// CHECK:             gdn.copy_out
// CHECK:             gdn.event_arrive %[[STORED]][
// CHECK-NOT:     gdn.sequence_rule
func.func @gdn2(%q: !keys, %k: !keys, %v: !values, %g: memref<?x128xf32>, %b: !keys, %w: !values,
                %s: memref<128x64xf32>, %o: !values) {
  %c1 = arith.constant 1 : index
  %c384 = arith.constant 384 : index
  gpu.launch blocks(%x, %y, %z) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%bx = %c384, %by = %c1, %bz = %c1) {
    gdn.sequence_rule %q, %k, %v decay(%g) erase(%b) write(%w) state(%s) outs(%o, %s)
        {scale = 0.125 : f32, schedule = #schedule}
        : (!keys, !keys, !values, memref<?x128xf32>, !keys, !values, memref<128x64xf32>, !values, memref<128x64xf32>) -> ()
    gpu.terminator
  }
  return
}

// -----

// For wgmma: whole warpgroups, each with registers of its own, and fences before the chain reads what was stored.
#group = #gdn.chunked_schedule<value_channels = 128, chain_warps = 8, prepare_teams = 2, stages = 2, prepared = 2, warpgroup = true>
// CHECK-LABEL: func @warpgroup
// CHECK:           gdn.warp_role "chain" first 0 teams 1 team_warps 8 registers 144
// CHECK-COUNT-2:     gdn.tile_mma {{.*}} warpgroup
// CHECK:           gdn.warp_role "prepare" first 8 teams 2 team_warps 2 registers 120
// CHECK:             gdn.proxy_fence
// CHECK:           gdn.warp_role "others" first 12 teams 1 team_warps 4 registers 104
// CHECK:             gdn.warp_role "solve" first 12 teams 2 team_warps 1 {
// CHECK:               gdn.proxy_fence
func.func @warpgroup(%q: memref<?x128xbf16>, %v: memref<?x128xbf16>) {
  %c1 = arith.constant 1 : index
  %c512 = arith.constant 512 : index
  gpu.launch blocks(%x, %y, %z) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%bx = %c512, %by = %c1, %bz = %c1) {
    gdn.sequence_rule %q, %q, %v outs(%v) {scale = 1.0 : f32, schedule = #group}
        : (memref<?x128xbf16>, memref<?x128xbf16>, memref<?x128xbf16>, memref<?x128xbf16>) -> ()
    gpu.terminator
  }
  return
}

// -----

func.func @no_launch(%q: memref<?x128xbf16>, %v: memref<?x64xbf16>) {
  // expected-error @below {{expects the launch of a kernel around it}}
  gdn.sequence_rule %q, %q, %v outs(%v) {scale = 1.0 : f32,
      schedule = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 4, prepared = 2>}
      : (memref<?x128xbf16>, memref<?x128xbf16>, memref<?x64xbf16>, memref<?x64xbf16>) -> ()
  return
}

// -----

func.func @too_much(%q: memref<?x128xbf16>, %v: memref<?x128xbf16>) {
  %c1 = arith.constant 1 : index
  gpu.launch blocks(%x, %y, %z) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%bx = %c1, %by = %c1, %bz = %c1) {
    // expected-error @below {{expects at most 232448 bytes of shared memory, but the rings take}}
    gdn.sequence_rule %q, %q, %v outs(%v) {scale = 1.0 : f32,
        schedule = #gdn.chunked_schedule<value_channels = 128, chain_warps = 8, prepare_teams = 4, stages = 8, prepared = 8>}
        : (memref<?x128xbf16>, memref<?x128xbf16>, memref<?x128xbf16>, memref<?x128xbf16>) -> ()
    gpu.terminator
  }
  return
}
