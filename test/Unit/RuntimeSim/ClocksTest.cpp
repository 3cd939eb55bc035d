//===- ClocksTest.cpp - what happened before what -------------------------===//

#include "runtime/sim/Tracker.h"

#include <gtest/gtest.h>

using namespace gdn::runtime::sim;

TEST(Clocks, AWarpBarrierEndsAnInterval) {
  Clocks clocks;
  clocks.beginCta(2);
  Stamp stamp = clocks.getStamp(0, 3);
  EXPECT_TRUE(clocks.isBefore(stamp, 0, 3));
  EXPECT_FALSE(clocks.isBefore(stamp, 0, 4));
  EXPECT_FALSE(clocks.isBefore(stamp, 1, 3));
  clocks.synchronize(0);
  EXPECT_TRUE(clocks.isBefore(stamp, 0, 4));
  EXPECT_FALSE(clocks.isBefore(stamp, 1, 3));
}

TEST(Clocks, WhatIsPublishedIsOverForThoseWhoAcquire) {
  Clocks clocks;
  clocks.beginCta(3);
  VectorClock first, second;
  Stamp stamp = clocks.getStamp(0, 0);
  clocks.publish(0, first);
  Stamp later = clocks.getStamp(0, 0);
  clocks.acquire(1, first);
  EXPECT_TRUE(clocks.isBefore(stamp, 1, 7));
  EXPECT_FALSE(clocks.isBefore(later, 1, 7));
  // Warp 2 learns of warp 0 through warp 1.
  clocks.publish(1, second);
  clocks.acquire(2, second);
  EXPECT_TRUE(clocks.isBefore(stamp, 2, 7));
  EXPECT_FALSE(clocks.isBefore(later, 2, 7));
}

TEST(Clocks, ReadersOfSeveralWarpsAreKept) {
  Clocks clocks;
  clocks.beginCta(3);
  Stamp readers = clocks.getStamp(0, 0);
  readers = clocks.addReader(readers, 0, 1);
  EXPECT_EQ(readers, clocks.addReader(readers, 0, 2));
  readers = clocks.addReader(readers, 1, 5);
  VectorClock clock;
  clocks.publish(0, clock);
  clocks.acquire(2, clock);
  // Warp 1 still reads.
  EXPECT_FALSE(clocks.isBefore(readers, 2, 0));
  EXPECT_EQ(clocks.findConcurrent(readers, 2, 0).warp, 1u);
  EXPECT_EQ(clocks.findConcurrent(readers, 2, 0).lane, 5u);
  clocks.publish(1, clock);
  clocks.acquire(2, clock);
  EXPECT_TRUE(clocks.isBefore(readers, 2, 0));
}

TEST(Clocks, RenumberingKeepsWhoIsOfWhat) {
  Clocks clocks;
  clocks.beginCta(1);
  Stamp before = clocks.getStamp(0, 1);
  clocks.beginLaunch();
  clocks.beginCta(1);
  Stamp ofLaunch = clocks.getStamp(0, 1);
  Stamp renumbered[] = {clocks.renumber(kNobody), clocks.renumber(kHost),
                        clocks.renumber(before), clocks.renumber(ofLaunch)};
  clocks.restart();
  clocks.beginCta(1);
  EXPECT_EQ(renumbered[0], kNobody);
  EXPECT_EQ(renumbered[1], kHost);
  EXPECT_NE(renumbered[2], kNobody);
  EXPECT_FALSE(clocks.isOfLaunch(renumbered[2]));
  EXPECT_TRUE(clocks.isOfLaunch(renumbered[3]));
  EXPECT_FALSE(clocks.isOfCta(renumbered[3]));
  EXPECT_TRUE(clocks.isOfCta(clocks.getStamp(0, 0)));
}
