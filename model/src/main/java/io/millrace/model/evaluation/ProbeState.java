package io.millrace.model.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.millrace.model.torch.FloatDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything an {@link OnlineProbe} knows, in the form that checkpoints hold.
 *
 * @param classes names, in the order of their first appearance; rows of the weights
 * @param weights (classes, C + 1), row-major, the bias last
 * @param velocity of the weights, of the same shape
 * @param mean running mean of each feature, (C)
 * @param variance running variance of each feature, (C)
 * @param records labelled records probed
 * @param hits whether the last records were classified right, a ring: 1 right, 0 wrong
 * @param bank of the nearest neighbours; null without them
 */
public record ProbeState(
        List<String> classes,
        float[] weights,
        float[] velocity,
        float[] mean,
        float[] variance,
        long records,
        byte[] hits,
        @Nullable BankState bank) {

    public ProbeState {
        classes = List.copyOf(classes);
        requireNonNull(weights, "weights");
        requireNonNull(velocity, "velocity");
        requireNonNull(mean, "mean");
        requireNonNull(variance, "variance");
        requireNonNull(hits, "hits");
    }

    /** SHA-256 of everything here, lower-case hexadecimal. */
    public String sha256() {
        var digest = new FloatDigest();
        classes.forEach(name -> digest.add(name.length()).add(name.getBytes(UTF_8)));
        digest.add(weights).add(velocity).add(mean).add(variance).add(records).add(hits);
        if (bank != null) {
            bank.addTo(digest);
        }
        return digest.hex();
    }
}
