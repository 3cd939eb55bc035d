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
// CHECK:           gdn.warp_role "prepare" first 4 teams 2 team_warps 4 {
// CHECK:               gdn.event_wait %[[OPERANDS:[^ ]+]][
// CHECK:               %[[OWNK:.*]] = gdn.shared_load %{{.*}}[%{{.*}}, %c0, %c0]
// CHECK:               %[[K:.*]] = gdn.tile_cast %[[OWNK]]
// CHECK:               %[[OWNQ:.*]] = gdn.shared_load
// CHECK:               %[[A:.*]] = math.exp2 %{{.*}} fastmath<afn>
// CHECK:               %[[Q:.*]] = arith.mulf %[[A]],
// CHECK:               %[[E:.*]] = arith.mulf %[[A]],
// CHECK:               %[[OWN:.*]] = gdn.tile_pair_mma %[[OWNQ]] with %[[OWNK]]
// CHECK:               %[[SCORES:.*]] = gdn.tile_select_pairs %[[OWN]], %[[NONE:.*]] blocks 0
// CHECK:               %[[E16:.*]] = gdn.tile_cast %[[E]]
// CHECK:               %[[Q16:.*]] = gdn.tile_cast %[[Q]]
// CHECK:               %[[K16:.*]] = gdn.tile_cast %[[K]]
// CHECK:               %[[PAIRS:.*]]:2 = gdn.tile_pair_mma %[[E16]], %[[Q16]] with %[[K16]]
// CHECK:               %[[ERASED:.*]] = gdn.tile_select_pairs %[[PAIRS]]#0, %[[NONE]] blocks 1
// CHECK:               %[[SCORES1:.*]] = gdn.tile_select_pairs %[[PAIRS]]#1, %[[SCORES]] blocks 1
// CHECK:               %[[NEIGHBOUR:.*]] = gdn.tile_swap_blocks %[[A]] blocks 1
// CHECK:               %[[E2:.*]] = gdn.tile_decay_half %[[E]] by %[[NEIGHBOUR]] blocks 1 upper
// CHECK:               gdn.tile_decay_half %[[Q]] by %[[NEIGHBOUR]] blocks 1 upper
// CHECK:               gdn.tile_decay_half %[[K]] by %[[NEIGHBOUR]] blocks 1 :
// CHECK:               %[[A2:.*]] = arith.mulf %[[A]], %[[NEIGHBOUR]]
// CHECK:               gdn.tile_select_pairs %{{.*}}, %[[ERASED]] blocks 2
// CHECK:               gdn.tile_select_pairs %{{.*}}, %[[SCORES1]] blocks 2
// CHECK:               %[[NEIGHBOUR2:.*]] = gdn.tile_swap_blocks %[[A2]] blocks 2
// CHECK:               gdn.tile_decay_half %[[E2]] by %[[NEIGHBOUR2]] blocks 2 upper
// CHECK:               %[[FIRST_ERASED:.*]] = gdn.tile_select_pairs %{{.*}} blocks 4
// CHECK:               gdn.tile_select_pairs %{{.*}} blocks 4
// CHECK:               %[[FIRST_KEYS:.*]] = gdn.tile_decay_half %{{.*}} blocks 4 :
// CHECK:               %[[FIRST_TOTAL:.*]] = arith.mulf
// The other 8 tokens, which then meet the first ones and decay over them.
// CHECK:               gdn.shared_load %{{.*}}[%{{.*}}, %c8, %c0]
// CHECK:               gdn.tile_decay_half %{{.*}} blocks 4 :
// CHECK:               %[[LATER_TOTAL:.*]] = arith.mulf
// CHECK:               gdn.event_arrive %[[TAKEN:[^ ]+]][
// CHECK:               gdn.tile_pair_mma
// CHECK:               arith.mulf %{{.*}}, %[[FIRST_TOTAL]]
// CHECK:               arith.mulf %{{.*}}, %[[FIRST_TOTAL]]
// CHECK:               arith.mulf %[[FIRST_KEYS]], %[[LATER_TOTAL]]
// CHECK:               %[[TOTAL:.*]] = arith.mulf %[[FIRST_TOTAL]], %[[LATER_TOTAL]]
// CHECK:               gdn.event_wait %[[SOLVED:[^ ]+]][%{{.*}}] previous
// CHECK:               gdn.shared_store %[[FIRST_ERASED]], %[[ERASED_PARTS:[0-9]+]][%{{.*}}, %c0, %c0]
// CHECK:               gdn.shared_store %{{.*}}, %[[SCORE_PARTS:[0-9]+]][%{{.*}}, %c0, %c0]
// CHECK:               gdn.shared_store %{{.*}}, %[[ERASED_PARTS]][%{{.*}}, %c8, %c8]
// CHECK:               gdn.shared_store %{{.*}}, %[[ERASED_PARTS]][%{{.*}}, %c8, %c0]
// CHECK:               gdn.event_arrive %[[PAIRED:[^ ]+]][
// CHECK:               gdn.event_wait %[[FREE]][%{{.*}}] previous
// CHECK:               gdn.shared_store %{{.*}}, %[[GATED]][
// CHECK:               gdn.shared_store %{{.*}}, %[[GATED]][
// CHECK:               gdn.shared_store %{{.*}}, %[[READERS]][{{.*}}] transposed
// CHECK:               gdn.tile_common_row %[[TOTAL]]
// CHECK:               gdn.event_arrive %[[READY]][
// CHECK:           gdn.warp_role "solve" first 12 teams 2 team_warps 1 {
// CHECK-COUNT-8:     gdn.shared_store %{{.*}}[%{{.*}}, %c0, %c8]
// CHECK:             gdn.warp_barrier
// CHECK:             scf.for
// CHECK:               gdn.event_wait %[[PAIRED]][
// CHECK-COUNT-4:       gdn.shared_load %[[SCORE_PARTS]][
// CHECK-COUNT-4:       gdn.shared_load %[[ERASED_PARTS]][
// CHECK:               gdn.shared_store %{{.*}}, %[[LOWER:[0-9]+]][{{.*}}] transposed
// CHECK:               gdn.event_arrive %[[SOLVED]][
// CHECK:               gdn.warp_barrier
// CHECK:               gdn.tile_unit_inverse %[[LOWER]][
// CHECK:               gdn.event_wait %[[FREE]][%{{.*}}] previous
// CHECK:               gdn.shared_store %{{.*}}, %[[READERS]][
// CHECK:               gdn.shared_store %{{.*}}, %[[INVERSE]][
// CHECK:               gdn.event_arrive %[[READY]][
// Operands are loaded four chunks before values.
// CHECK:           gdn.warp_role "load" first 14 teams 1 team_warps 1 {
// CHECK:             scf.for %[[CHUNK:.*]] = %c0
// CHECK:             %[[LATE:.*]] = arith.subi %[[CHUNK]], %c4
// CHECK:             gdn.event_wait %[[TAKEN]][%[[CHUNK]]] previous
// CHECK-COUNT-4:     gdn.copy_in
// CHECK:             gdn.event_arrive %[[OPERANDS]][%[[CHUNK]]] copies
// CHECK:             gdn.event_wait %[[STORED:[^ ]+]][%[[LATE]]] previous
// CHECK-COUNT-2:     gdn.copy_in
// CHECK:             gdn.event_arrive %[[VALUES]][%[[LATE]]] copies
// CHECK:           gdn.warp_role "store" first 15 teams 1 team_warps 1 {
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
#group = #gdn.chunked_schedule<value_channels = 128, chain_warps = 8, prepare_teams = 2, stages = 2, prepared = 2, team_warps = 2, warpgroup = true>
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

// In a cluster: every second chunk is prepared here, and sent to the other CTA; both say when they have read it.
#cluster = #gdn.chunked_schedule<value_channels = 64, chain_warps = 4, prepare_teams = 2, stages = 2, prepared = 4, cluster = 2, warpgroup = true>
// CHECK-LABEL: func @cluster
// CHECK:           %[[FREE:.*]] = gdn.event_create at {{.*}} : <stages = 2, arrivals = 8>
// CHECK:           %[[NUMBER:.*]] = gpu.block_id x
// CHECK:           %[[RANK:.*]] = arith.remui %[[NUMBER]], %c2
// CHECK:           gdn.cluster_barrier
// CHECK:           gdn.warp_role "chain" first 0 teams 1 team_warps 4 registers 152
// CHECK:             scf.for %[[CHUNK:.*]] = %c0
// CHECK:               gdn.event_wait
// CHECK:               gdn.event_wait %[[READY:[^ ]+]][%[[CHUNK]]] : <stages = 4, arrivals = 5>
// CHECK:               %[[OWN:.*]] = arith.divui %[[CHUNK]], %c2
// CHECK:               %[[PREPARED_BY:.*]] = arith.remui %[[CHUNK]], %c2
// CHECK:               gdn.event_arrive %[[FREE]][%[[OWN]]] at %[[PREPARED_BY]]
// CHECK:           gdn.warp_role "prepare" first 4 teams 2 team_warps 4 registers 144
// CHECK:             scf.for %[[I:.*]] =
// CHECK:               gdn.event_wait %[[FREE]][%[[I]]] previous
// CHECK:               %[[TWICE:.*]] = arith.muli %[[I]], %c2
// CHECK:               %[[MINE:.*]] = arith.addi %[[TWICE]], %[[RANK]]
// CHECK:               gdn.proxy_fence
// CHECK:               gdn.event_arrive %[[READY]][%[[MINE]]]
// CHECK:           gdn.warp_role "solve"
// CHECK:               gdn.event_arrive %[[READY]][%[[DONE:.*]]]
// CHECK:               gdn.event_wait %[[READY]][%[[DONE]]]
// CHECK:               %[[OTHER:.*]] = arith.subi %c1, %[[RANK]]
// CHECK:               gdn.shared_send %{{.*}}, %{{.*}}[%{{.*}}] to %[[OTHER]], %[[READY]][%[[DONE]]]
// CHECK:           gdn.warp_role "load"
// CHECK:             arith.cmpi eq, %{{.*}}, %[[RANK]]
// CHECK:           gdn.cluster_barrier
// CHECK-NEXT:      gpu.terminator
func.func @cluster(%q: memref<?x128xbf16>, %v: memref<?x64xbf16>) {
  %c1 = arith.constant 1 : index
  %c512 = arith.constant 512 : index
  gpu.launch blocks(%x, %y, %z) in (%gx = %c1, %gy = %c1, %gz = %c1)
      threads(%tx, %ty, %tz) in (%bx = %c512, %by = %c1, %bz = %c1) {
    gdn.sequence_rule %q, %q, %v outs(%v) {scale = 1.0 : f32, schedule = #cluster}
        : (memref<?x128xbf16>, memref<?x128xbf16>, memref<?x64xbf16>, memref<?x64xbf16>) -> ()
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
