package io.millrace.connectors.replay;

import io.millrace.connectors.replay.ReplayOrder.Block;
import io.millrace.connectors.replay.ReplayOrder.Window;

/** The places of an epoch in the order in which a replay reads them. */
public final class ReplayWalk {

    /** Gets one place after the other. */
    @FunctionalInterface
    public interface Visitor {

        /** Whether to go on; not each offset need hold a record. */
        boolean visit(int partition, long offset);
    }

    private ReplayWalk() {}

    /** Walks until the epoch or the visitor's interest ends. */
    public static void epoch(ReplayManifest manifest, int epoch, Visitor visitor) {
        var order = new ReplayOrder(manifest);
        long windows = order.windowsPerEpoch();
        for (long place = 0; place < windows; place++) {
            if (!visit(order.window(epoch * windows + place), visitor)) {
                return;
            }
        }
    }

    private static boolean visit(Window window, Visitor visitor) {
        int count = window.slots().length;
        int[] partitions = new int[count];
        long[] offsets = new long[count];
        int slot = 0;
        for (Block block : window.blocks()) {
            for (long offset = block.from(); offset < block.to(); offset++) {
                partitions[slot] = block.partition();
                offsets[slot++] = offset;
            }
        }
        for (int next : window.slots()) {
            if (!visitor.visit(partitions[next], offsets[next])) {
                return false;
            }
        }
        return true;
    }
}
