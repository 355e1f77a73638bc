package io.millrace.operators;

import static java.util.Objects.requireNonNull;

import io.millrace.model.moco.MocoSettings;
import io.millrace.model.snapshot.WeightsFile;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TrainOperator} needs to know.
 *
 * @param initial weights to start from; null for random ones
 * @param threads libtorch's threads, 0 for all cores; fixed for a run, since another count changes
 *     the last bits
 * @param probe which encoders' features the probe gets
 * @param reportEverySteps a {@code StepReport} when the step is a multiple of it; reading the loss
 *     waits for the device
 * @param dropLast whether what does not make a batch at the end of an epoch is left out, not put
 *     before the next epoch
 * @param lastStep no step is taken after it, whatever the input holds; 0 for none
 */
public record TrainSettings(
        MocoSettings moco,
        @Nullable WeightsFile initial,
        int threads,
        Probed probe,
        int reportEverySteps,
        boolean dropLast,
        long lastStep)
        implements Serializable {

    /** Which encoders' features are emitted for labelled records. */
    public enum Probed {
        NONE,
        TRAINED,
        /** The encoder as it was before the first step, too: the baseline. Costs a forward pass. */
        TRAINED_AND_UNTRAINED
    }

    /** With random weights to start from, and batches across epochs. */
    public TrainSettings(MocoSettings moco, int threads, Probed probe, int reportEverySteps) {
        this(moco, null, threads, probe, reportEverySteps, false, 0);
    }

    public TrainSettings {
        requireNonNull(moco, "moco");
        requireNonNull(probe, "probe");
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be 0 or more, got " + threads);
        }
        if (reportEverySteps < 1) {
            throw new IllegalArgumentException(
                    "reports must be one or more steps apart, got " + reportEverySteps);
        }
        if (lastStep < 0) {
            throw new IllegalArgumentException("lastStep must be 0 or more, got " + lastStep);
        }
    }
}
