/*===- gdn-c/Sim.h - What simulated kernels call ------------------*- C -*-===*\
|*                                                                            *|
|* Part of gdn, under the Apache License v2.0 with LLVM Exceptions.           *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
|* A simulated kernel is host code that does what one CUDA thread does; the   *|
|* simulator runs it once per thread, each in a fiber. Its arithmetic is the  *|
|* host's. What concerns other threads or memory is a call of a function      *|
|* below, all of which take the thread first. A `site` is a position in the   *|
|* table of sites. An error of the program ends the launch: these functions   *|
|* do not return then.                                                        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GDN_C_SIM_H
#define GDN_C_SIM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A CUDA thread. */
typedef struct GdnSimThread GdnSimThread;

/** Values that a thread may ask for; X, Y and Z follow each other. */
typedef enum GdnSimRegister {
  GDN_SIM_TID_X = 0,
  GDN_SIM_TID_Y,
  GDN_SIM_TID_Z,
  GDN_SIM_NTID_X,
  GDN_SIM_NTID_Y,
  GDN_SIM_NTID_Z,
  GDN_SIM_CTAID_X,
  GDN_SIM_CTAID_Y,
  GDN_SIM_CTAID_Z,
  GDN_SIM_NCTAID_X,
  GDN_SIM_NCTAID_Y,
  GDN_SIM_NCTAID_Z,
  GDN_SIM_LANEID,
  GDN_SIM_WARPSIZE,
  GDN_SIM_CLUSTER_CTARANK,
  GDN_SIM_CLUSTER_NCTARANK
} GdnSimRegister;

typedef enum GdnSimShuffle {
  GDN_SIM_SHUFFLE_BFLY = 0,
  GDN_SIM_SHUFFLE_UP,
  GDN_SIM_SHUFFLE_DOWN,
  GDN_SIM_SHUFFLE_IDX
} GdnSimShuffle;

typedef enum GdnSimVote {
  GDN_SIM_VOTE_ANY = 0,
  GDN_SIM_VOTE_ALL,
  GDN_SIM_VOTE_BALLOT,
  GDN_SIM_VOTE_UNI
} GdnSimVote;

/** Those on f32 take and give its bits. With ABS added they use absolute
 *  values; with NAN added, NaN wins (otherwise numbers do). */
typedef enum GdnSimRedux {
  GDN_SIM_REDUX_ADD = 1,
  GDN_SIM_REDUX_AND,
  GDN_SIM_REDUX_MAX,
  GDN_SIM_REDUX_MIN,
  GDN_SIM_REDUX_OR,
  GDN_SIM_REDUX_UMAX,
  GDN_SIM_REDUX_UMIN,
  GDN_SIM_REDUX_XOR,
  GDN_SIM_REDUX_FMIN,
  GDN_SIM_REDUX_FMAX,
  GDN_SIM_REDUX_ABS = 16,
  GDN_SIM_REDUX_NAN = 32
} GdnSimRedux;

typedef enum GdnSimBarrier {
  GDN_SIM_BARRIER_POPC = 0,
  GDN_SIM_BARRIER_AND,
  GDN_SIM_BARRIER_OR,
  /** No reduction: the result is 0. */
  GDN_SIM_BARRIER_NONE
} GdnSimBarrier;

/** What tensor cores multiply. */
typedef enum GdnSimFloat {
  GDN_SIM_F16 = 0,
  GDN_SIM_BF16,
  /** In 32 bits, of which the lower 13 do not count. */
  GDN_SIM_TF32
} GdnSimFloat;

/** What an arrival at an mbarrier object promises; they add up. */
typedef enum GdnSimArrive {
  /** The phase will not end by it. */
  GDN_SIM_ARRIVE_NOCOMPLETE = 1,
  /** Nothing of what the thread did before becomes known. */
  GDN_SIM_ARRIVE_RELAXED = 2
} GdnSimArrive;

typedef enum GdnSimFence {
  /** Of mbarrier objects that the thread initialised. */
  GDN_SIM_FENCE_MBARRIER_INIT = 0,
  /** Between the generic and the async proxy. */
  GDN_SIM_FENCE_PROXY
} GdnSimFence;

/**
 * The thread that runs. `table` is JSON:
 *
 *     {"shared": [{"name": "tile", "bytes": 4096, "alignment": 16}, ...],
 *      "sites": [{"op": "llvm.load", "at": "a.mlir:7:3", "bytes": 16,
 *                 "alignment": 16, "access": "read", "space": "global"}, ...],
 *      "blocks": [{"llvm.fadd": [3, 12]}, ...]}
 *
 * `shared` lists the variables in shared memory; one of 0 bytes is the dynamic
 * shared memory. `sites` lists the ops that call the simulator; the last four
 * keys only for those that access memory ("read" or "write"; "global",
 * "shared", "local", or "generic"). `blocks` lists for each counter (see
 * gdn_sim_counters) how many ops stand behind one count, and how many elements
 * of vectors they compute. Keys may be missing. Each `cluster` CTAs along x,
 * from 1 to 8, run at the same time. Must be the first call.
 */
GdnSimThread *gdn_sim_enter(const char *table, uint32_t cluster);

/** The thread's counters, one for each entry of `blocks`: code adds one each
 *  time that it executes the block. */
uint64_t *gdn_sim_counters(GdnSimThread *thread);

/** The address of a variable in shared memory, by its position in `shared`.
 *  Its lower 18 bits are the offset in the CTA's shared memory, and it fits in
 *  32 bits where the system can do that. */
void *gdn_sim_shared(GdnSimThread *thread, uint32_t variable);

/** The value of a GdnSimRegister. */
uint32_t gdn_sim_register(GdnSimThread *thread, uint32_t which);

/** Checks and counts the access of `site` to `address`, before it happens. */
void gdn_sim_access(GdnSimThread *thread, uint32_t site, const void *address);

/** shfl.sync of PTX: the value in the lower 32 bits, its predicate in bit 32.
 *  `clamp` holds a segment mask in bits 8-12 and a clamp in bits 0-4. */
uint64_t gdn_sim_shuffle(GdnSimThread *thread, uint32_t site, uint32_t kind,
                         uint32_t mask, uint32_t value, uint32_t offset,
                         uint32_t clamp);

/** vote.sync of PTX: the ballot, or 0 or 1. */
uint32_t gdn_sim_vote(GdnSimThread *thread, uint32_t site, uint32_t kind,
                      uint32_t mask, uint32_t predicate);

/** redux.sync of PTX. */
uint32_t gdn_sim_redux(GdnSimThread *thread, uint32_t site, uint32_t kind,
                       uint32_t mask, uint32_t value);

/** elect.sync of PTX: 1 in the first lane of `mask`, else 0. */
uint32_t gdn_sim_elect(GdnSimThread *thread, uint32_t site, uint32_t mask);

/** bar.warp.sync of PTX. */
void gdn_sim_warp_barrier(GdnSimThread *thread, uint32_t site, uint32_t mask);

/** barrier.sync.aligned and barrier.red.aligned of PTX for `num_threads`
 *  threads, 0 for all of the CTA. The result of the reduction. */
uint32_t gdn_sim_barrier(GdnSimThread *thread, uint32_t site, uint32_t id,
                         uint32_t num_threads, uint32_t reduction,
                         uint32_t predicate);

/** barrier.arrive.aligned of PTX: does not wait for the others. */
void gdn_sim_barrier_arrive(GdnSimThread *thread, uint32_t site, uint32_t id,
                            uint32_t num_threads);

/** mma.sync.aligned of PTX on a GdnSimFloat, m16n8 and `k` = 16, 8 or 4, with
 *  f32 accumulators: `registers` holds those of A, of B and of C. The results
 *  replace the latter. */
void gdn_sim_mma(GdnSimThread *thread, uint32_t site, uint32_t type, uint32_t k,
                 uint32_t *registers);

/** wgmma.mma_async of PTX, m64nNk8 of tf32 with f32 accumulators, `steps`
 *  times, and the wait for it. `registers` holds four of A for each step, then
 *  N / 2 of C, which the results replace. B lies in core matrices, the first
 *  at `rhs`: 8 rows are `stride` bytes apart, 4 columns `leading` bytes. */
void gdn_sim_wgmma(GdnSimThread *thread, uint32_t site, uint32_t n,
                   uint32_t steps, uint32_t stride, uint32_t leading, void *rhs,
                   uint32_t *registers);

/** ldmatrix.sync.aligned of PTX: `count` = 1, 2 or 4 matrices of 8x8 elements
 *  of 16 bits, transposed or not, one register for each. */
void gdn_sim_load_matrices(GdnSimThread *thread, uint32_t site, uint32_t count,
                           uint32_t is_transposed, void *row,
                           uint32_t *registers);

/** stmatrix.sync.aligned of PTX, its converse. */
void gdn_sim_store_matrices(GdnSimThread *thread, uint32_t site, uint32_t count,
                            uint32_t is_transposed, void *row,
                            uint32_t *registers);

/** movmatrix.sync.aligned.m8n8.trans.b16 of PTX. */
uint32_t gdn_sim_transpose_matrix(GdnSimThread *thread, uint32_t site,
                                  uint32_t elements);

/** cp.async of PTX: `bytes` bytes to shared memory, of which all behind the
 *  first `source_bytes` are zeros. */
void gdn_sim_copy_async(GdnSimThread *thread, uint32_t site, void *to,
                        const void *from, uint32_t bytes,
                        uint32_t source_bytes);

/** cp.async.commit_group and cp.async.wait_group of PTX. */
void gdn_sim_commit_copies(GdnSimThread *thread);
void gdn_sim_wait_copies(GdnSimThread *thread, uint32_t num_pending);

/** mbarrier.init and mbarrier.inval of PTX. */
void gdn_sim_mbarrier_init(GdnSimThread *thread, uint32_t site, void *address,
                           uint32_t count);
void gdn_sim_mbarrier_invalidate(GdnSimThread *thread, uint32_t site,
                                 void *address);

/** mbarrier.arrive of PTX with flags of GdnSimArrive; the state. */
uint64_t gdn_sim_mbarrier_arrive(GdnSimThread *thread, uint32_t site,
                                 void *address, uint32_t count, uint32_t flags);

/** cp.async.mbarrier.arrive of PTX: an arrival once all copies that the thread
 *  has issued are made; if not `noinc`, one more is pending until then. */
void gdn_sim_mbarrier_arrive_copies(GdnSimThread *thread, uint32_t site,
                                    void *address, uint32_t noinc);

/** mbarrier.expect_tx and mbarrier.complete_tx of PTX. */
void gdn_sim_mbarrier_expect(GdnSimThread *thread, uint32_t site, void *address,
                             uint32_t bytes);
void gdn_sim_mbarrier_complete(GdnSimThread *thread, uint32_t site,
                               void *address, uint32_t bytes);

/** mbarrier.test_wait and mbarrier.try_wait of PTX: 1 if `phase`, a state or,
 *  if `is_parity`, a parity, is complete. If `blocks`, it waits for that. */
uint32_t gdn_sim_mbarrier_wait(GdnSimThread *thread, uint32_t site,
                               void *address, uint64_t phase,
                               uint32_t is_parity, uint32_t blocks);

/** Where `address`, in the CTA's shared memory, is in CTA number `rank` of its
 *  cluster (mapa). mbarriers there can be arrived at, and copied to. */
void *gdn_sim_map_shared(GdnSimThread *thread, uint32_t site, void *address,
                         uint32_t rank);

/** Arrives at the barrier of the cluster, with the whole warp. */
void gdn_sim_cluster_arrive(GdnSimThread *thread, uint32_t site);

/** Waits until all warps of the cluster have arrived as often as this one. */
void gdn_sim_cluster_wait(GdnSimThread *thread, uint32_t site);

/** Copies `bytes` bytes from the CTA's shared memory to that of a CTA of the
 *  cluster, of whose mbarrier object at `mbarrier` it completes so many bytes
 *  (cp.async.bulk). */
void gdn_sim_copy_shared(GdnSimThread *thread, uint32_t site, void *to,
                         const void *from, void *mbarrier, uint32_t bytes);

/** A fence of kind GdnSimFence. */
void gdn_sim_fence(GdnSimThread *thread, uint32_t site, uint32_t kind);

/** Ends the launch, since an op was reached that must not be. */
void gdn_sim_trap(GdnSimThread *thread, uint32_t site);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* GDN_C_SIM_H */
