package io.millrace.model.moco;

import io.millrace.model.torch.SplitMix;

/** In which order the rows of a key batch go through batch norm's splits. */
@FunctionalInterface
interface KeyOrder {

    /** Row i of the permuted batch of the step after {@code step} completed ones is this row. */
    int[] permutation(long step, int n);

    /** The batch's own order. */
    static KeyOrder unchanged() {
        return (step, n) -> {
            int[] order = new int[n];
            for (int i = 0; i < n; i++) {
                order[i] = i;
            }
            return order;
        };
    }

    /** A random order for every step, a pure function of seed and step. */
    static KeyOrder shuffled(long seed) {
        return (step, n) -> SplitMix.of(seed, Streams.KEY_ORDER, step).permutation(n);
    }
}
