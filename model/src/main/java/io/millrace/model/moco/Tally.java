package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.Floats;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;

/** Sums over steps that stay on the device until somebody asks. */
final class Tally implements AutoCloseable {

    private final NDManager manager;
    private final NDArray sums; // (2), FLOAT64: losses of steps, hits of queries
    private int steps;

    Tally(Torch torch) {
        manager = torch.newManager();
        sums = manager.zeros(new Shape(2), DataType.FLOAT64);
    }

    /** Adds a step's loss and hits, two scalars. */
    void add(NDArray loss, NDArray hits) {
        NDArray pair = NDArrays.stack(new NDList(loss, hits)); // (2)
        sums.addi(pair);
        steps++;
    }

    /**
     * Returns the means since the last call and starts anew; waits for the device.
     *
     * @param queries queries a step
     */
    StepStatistics take(int queries, double learningRate) {
        double[] values = sums.toDoubleArray();
        double loss = values[0] / steps;
        double accuracy = values[1] / ((double) steps * queries);
        StepStatistics taken = new StepStatistics(steps, loss, accuracy, learningRate);
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
