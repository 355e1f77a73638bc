package io.millrace.model.evaluation;

import static java.util.Objects.requireNonNull;

import io.millrace.model.torch.FloatDigest;

/**
 * Everything a {@link NeighbourBank} knows, in the form that checkpoints hold.
 *
 * @param values features as they came, a row for each slot that is filled: (B, C), row-major
 * @param targets classes, by slot: (B)
 * @param inserted records ever kept; the newest is in slot {@code (inserted - 1) % B}
 * @param hits whether the last records were classified right, a ring: 1 right, 0 wrong
 * @param tested records ever classified
 * @param rankMe as last computed
 * @param rankOf the most that it could have been
 * @param rankedAt records kept when it was computed, 0 for never
 */
public record BankState(
        float[] values,
        int[] targets,
        long inserted,
        byte[] hits,
        long tested,
        double rankMe,
        int rankOf,
        long rankedAt) {

    public BankState {
        requireNonNull(values, "values");
        requireNonNull(targets, "targets");
        requireNonNull(hits, "hits");
    }

    void addTo(FloatDigest digest) {
        digest.add(values).add(inserted).add(hits).add(tested);
        for (int target : targets) {
            digest.add(target);
        }
        digest.add(Double.doubleToLongBits(rankMe)).add(rankOf).add(rankedAt);
    }
}
