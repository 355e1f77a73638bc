package io.millrace.model.encoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.torch.Torch;
import java.nio.ByteBuffer;
import java.util.List;

/** From 8-bit views to an encoder's input, on the device: (v / 255 - mean) / std. */
public final class Preprocessing implements AutoCloseable {

    private static final int CHANNELS = 3;

    private final NDManager manager;
    private final NDArray mean; // (3)
    private final NDArray std; // (3)

    public Preprocessing(Torch torch, Normalization normalization) {
        manager = torch.newManager();
        mean = manager.create(floats(normalization.mean()));
        std = manager.create(floats(normalization.std()));
    }

    /**
     * Returns (N, 3, side, side), fp32, channels last in memory, rows in the order's order.
     *
     * @param views direct; (N, side, side, 3), RGB, from position to limit; not read afterwards
     */
    public NDArray input(NDManager step, ByteBuffer views, int side, RowOrder order) {
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
                NDArray ordered = order.apply(pixels)) {
            NDArray x = ordered.toType(DataType.FLOAT32, true);
            return x.divi(255).subi(mean).divi(std).transpose(0, 3, 1, 2);
        }
    }

    private static float[] floats(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return floats;
    }

    @Override
    public void close() {
        manager.close();
    }
}
