package io.millrace.model.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Copies between arrays and the JVM's direct memory that keep the array's identity and storage. */
public final class Floats {

    private static final NDIndex ALL = new NDIndex(":");

    private Floats() {}

    /** Returns a direct copy of an array's elements, row-major, native byte order. */
    public static ByteBuffer read(NDArray array) {
        Shape shape = array.getShape();
        ByteBuffer copy = ByteBuffer.allocateDirect(bytes(array)).order(ByteOrder.nativeOrder());
        try (NDManager host = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
            // An array made of a direct buffer on the CPU shares its memory.
            host.create(copy, shape, array.getDataType()).set(ALL, array);
        }
        return copy;
    }

    /** Size of an array's elements, bytes. */
    public static int bytes(NDArray array) {
        return Math.toIntExact(array.size() * array.getDataType().getNumOfBytes());
    }

    /**
     * Overwrites an array's elements in place.
     *
     * @param values direct; row-major, native byte order, as many as the array has
     */
    public static void write(NDArray array, ByteBuffer values) {
        try (NDArray source =
                array.getManager().create(values.slice(), array.getShape(), array.getDataType())) {
            array.set(ALL, source);
        }
    }
}
