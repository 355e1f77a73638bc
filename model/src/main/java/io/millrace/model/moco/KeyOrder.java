package io.millrace.model.moco;

import io.millrace.model.torch.SplitMix;

/** In which order the rows of a key batch go through batch norm's splits. */
@FunctionalInterface
interface KeyOrder {

    /** Row i of the permuted batch of the key encoder's pass number {@code pass} is this row. */
    int[] permutation(long pass, int n);

    /** The batch's own order. */
    static KeyOrder unchanged() {
        return (pass, n) -> {
            int[] order = new int[n];
            for (int i = 0; i < n; i++) {
                order[i] = i;
            }
            return order;
        };
    }

    /** A random order for every pass, a pure function of seed and pass. */
    static KeyOrder shuffled(long seed) {
        return (pass, n) -> SplitMix.of(seed, Streams.KEY_ORDER, pass).permutation(n);
    }
}
