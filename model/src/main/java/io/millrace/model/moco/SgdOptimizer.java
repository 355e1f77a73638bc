package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.encoder.Encoder;
import io.millrace.model.torch.Torch;

/** PyTorch's SGD with momentum over one flat array of parameters, in place. */
final class SgdOptimizer implements AutoCloseable {

    private final Sgd settings;
    private final NDManager manager;
    private final NDArray parameters; // (P)
    private final NDArray momentum; // (P)
    private final Lars lars;

    /** An optimiser of an encoder's parameters, which stay the encoder's. */
    SgdOptimizer(Torch torch, Sgd settings, Encoder encoder) {
        this.settings = settings;
        parameters = encoder.parameters();
        lars = new Lars(encoder.layout(), settings.weightDecay());
        manager = torch.newManager();
        momentum = manager.zeros(parameters.getShape());
    }

    /** Takes one step. The gradient, (P), is overwritten. */
    void step(NDArray gradient, double learningRate) {
        if (settings.adaptation() == Sgd.Adaptation.LARS) {
            lars.adapt(gradient, parameters);
        } else {
            try (NDArray decay = parameters.mul(settings.weightDecay())) {
                gradient.addi(decay);
            }
        }
        momentum.muli(settings.momentum()).addi(gradient);
        try (NDArray change = momentum.mul(learningRate)) {
            parameters.subi(change);
        }
    }

    /** The running sum of gradients: (P); change it in place only. */
    NDArray momentum() {
        return momentum;
    }

    @Override
    public void close() {
        manager.close();
    }
}
