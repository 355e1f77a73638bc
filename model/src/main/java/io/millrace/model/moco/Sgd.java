package io.millrace.model.moco;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * Stochastic gradient descent as PyTorch has it: g += weightDecay p; v = momentum v + g; p -= rate
 * v. Applies to every parameter, biases and batch norm too, as in the reference code.
 *
 * @param learningRate base rate, which the schedule multiplies
 * @param adaptation of the gradient before it
 */
public record Sgd(double learningRate, double momentum, double weightDecay, Adaptation adaptation)
        implements Serializable {

    /** What is done to a gradient before momentum. */
    public enum Adaptation {
        NONE,
        /** Layer-wise adaptive rates for large batches, arXiv:1708.03888. */
        LARS
    }

    /** Plain SGD. */
    public Sgd(double learningRate, double momentum, double weightDecay) {
        this(learningRate, momentum, weightDecay, Adaptation.NONE);
    }

    public Sgd {
        requireNonNull(adaptation, "adaptation");
        if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException(
                    "learning rate must be 0 or more, got " + learningRate);
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException(
                    "optimizer momentum must be at least 0 and below 1, got " + momentum);
        }
        if (!(weightDecay >= 0)) {
            throw new IllegalArgumentException(
                    "weight decay must be 0 or more, got " + weightDecay);
        }
    }
}
