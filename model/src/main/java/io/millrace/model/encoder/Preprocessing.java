package io.millrace.model.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.Operations;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;
import java.util.List;

/** From 8-bit views to an encoder's input, on the device: (v / 255 - mean) / std. */
public final class Preprocessing implements AutoCloseable {

    private static final int CHANNELS = 3;

    private final Operations operations;
    private final NDManager manager;
    private final int side;
    private final NDArray mean; // (side * 3), a value for each number of a row of pixels
    private final NDArray std; // (side * 3)

    /**
     * @param side height and width of the views, pixels
     */
    public Preprocessing(Torch torch, Normalization normalization, int side) {
        this.side = side;
        operations = torch.operations();
        manager = torch.newManager();
        mean = manager.create(row(normalization.mean(), side));
        std = manager.create(row(normalization.std(), side));
    }

    /**
     * Returns (N, 3, side, side), fp32, channels last in memory, rows in the order's order.
     *
     * @param views direct; (N, side, side, 3), RGB, from position to limit; not read afterwards
     */
    public NDArray input(NDManager step, ByteBuffer views, RowOrder order) {
        long bytes = (long) side * side * CHANNELS;
        Shape shape = new Shape(views.remaining() / bytes, side, side, CHANNELS);
        if (!views.isDirect() || shape.size() != views.remaining() || !views.hasRemaining()) {
            throw new IllegalArgumentException(
                    "views must be a direct buffer of whole RGB images of side "
                            + side
                            + " ("
                            + bytes
                            + " bytes each), got "
                            + views.remaining()
                            + " bytes");
        }
        try (NDArray pixels = step.create(views.slice(), shape, DataType.UINT8);
                NDArray ordered = order.apply(operations, pixels)) {
            NDArray x = ordered.toType(DataType.FLOAT32, true).divi(255);
            // By rows, since libtorch's loops on a CPU run along the last axis, and three numbers
            // make a slow one.
            try (NDArray rows = x.reshape(shape.get(0) * side, bytes / side)) {
                rows.subi(mean).divi(std);
            }
            return x.transpose(0, 3, 1, 2);
        }
    }

    private static float[] row(List<Double> channels, int side) {
        float[] row = new float[side * CHANNELS];
        for (int i = 0; i < row.length; i++) {
            row[i] = channels.get(i % CHANNELS).floatValue();
        }
        return row;
    }

    @Override
    public void close() {
        manager.close();
    }
}
