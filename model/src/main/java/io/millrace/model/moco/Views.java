package io.millrace.model.moco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.model.encoder.Preprocessing;
import io.millrace.model.encoder.RowOrder;
import java.nio.ByteBuffer;

/** One view of each image of a batch, to be had in the order in which an encoder takes its rows. */
@FunctionalInterface
interface Views {

    /** Returns an encoder's input: (N, 3, side, side), fp32, normalised. */
    NDArray in(RowOrder order);

    /**
     * Views that lie in the JVM's memory.
     *
     * @param pixels direct; (N, side, side, 3), RGB, from position to limit; not read afterwards
     */
    static Views of(
            ByteBuffer pixels, MocoSettings settings, Preprocessing preprocessing, NDManager step) {
        long expected = 3L * settings.batchSize() * settings.side() * settings.side();
        if (pixels.remaining() != expected) {
            throw new IllegalArgumentException(
                    "a batch has "
                            + settings.batchSize()
                            + " RGB views of side "
                            + settings.side()
                            + ", "
                            + expected
                            + " bytes, got "
                            + pixels.remaining());
        }
        return order -> preprocessing.input(step, pixels, order);
    }
}
