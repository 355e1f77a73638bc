package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.stream.Matching;
import io.millrace.model.torch.Floats;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;

/** Sums over steps that stay on the device until somebody asks. */
final class Tally implements AutoCloseable {

    private final NDManager manager;
    private final NDArray sums; // (4), FLOAT64: losses of steps, what InfoNce.matching sums
    private int steps;

    Tally(Torch torch) {
        manager = torch.newManager();
        sums = manager.zeros(new Shape(4), DataType.FLOAT64);
    }

    /**
     * Adds a step.
     *
     * @param loss a scalar
     * @param matching of its queries, sums: (3)
     */
    void add(NDArray loss, NDArray matching) {
        sums.addi(loss.reshape(1).concat(matching)); // (4)
        steps++;
    }

    /**
     * Returns the means since the last call and starts anew; waits for the device.
     *
     * @param queries queries a step
     */
    StepStatistics take(int queries, double learningRate) {
        double[] values = sums.toDoubleArray();
        double asked = (double) steps * queries;
        var matching = new Matching(values[1] / asked, values[2] / asked, values[3] / asked);
        StepStatistics taken = new StepStatistics(steps, values[0] / steps, matching, learningRate);
        Floats.write(sums, ByteBuffer.allocateDirect(Floats.bytes(sums))); // zeros, NaN or not
        steps = 0;
        return taken;
    }

    NDArray sums() {
        return sums;
    }

    int steps() {
        return steps;
    }

    void setSteps(int steps) {
        this.steps = steps;
    }

    @Override
    public void close() {
        manager.close();
    }
}
