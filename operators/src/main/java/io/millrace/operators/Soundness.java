package io.millrace.operators;

import io.millrace.model.moco.Moco;
import io.millrace.model.snapshot.NamedTensor;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Whether a learner's weights are numbers still, and since when not. */
final class Soundness {

    private final String learner;
    private final Moco moco;

    /** The step of the newest checkpoint, whose weights were found to be finite. */
    private long sound;

    Soundness(String learner, Moco moco) {
        this.learner = learner;
        this.moco = moco;
        this.sound = moco.steps();
    }

    /**
     * Looks at every number of the encoder as it is now.
     *
     * @throws SuppressRestartsException if one is not finite: a restart would only repeat it
     */
    void require(List<NamedTensor> backbone, List<NamedTensor> head) {
        backbone.forEach(this::require);
        head.forEach(this::require);
        sound = moco.steps();
    }

    private void require(NamedTensor tensor) {
        tensor.notFinite()
                .ifPresent(
                        value -> {
                            throw diverged(
                                    "%s of the encoder holds %s".formatted(tensor.name(), value));
                        });
    }

    /** What is thrown at a symptom. */
    SuppressRestartsException diverged(String symptom) {
        return new SuppressRestartsException(
                new ArithmeticException(
                        "learner %s, step %d, learning rate %s: %s. The last good checkpoint %s, and nothing was published after it. Start a new run with a smaller optimizer.learning-rate or a larger contrast.temperature"
                                .formatted(
                                        learner,
                                        moco.steps(),
                                        moco.learningRate(),
                                        symptom,
                                        sound > 0
                                                ? "is that of step " + sound
                                                : "does not exist")));
    }
}
