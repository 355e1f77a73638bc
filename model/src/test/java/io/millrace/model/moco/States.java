package io.millrace.model.moco;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Parts of a training state as numbers, and its fingerprint. */
final class States {

    private States() {}

    static float[] floats(List<NamedArray> state, String name) {
        return floats(bytes(state, name));
    }

    static ByteBuffer bytes(List<NamedArray> state, String name) {
        return state.stream()
                .filter(array -> array.name().equals(name))
                .findFirst()
                .orElseThrow()
                .data()
                .duplicate()
                .order(ByteOrder.nativeOrder());
    }

    static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
        return values;
    }

    /** SHA-256 of everything that is saved and of the whole queue. */
    static String fingerprint(Moco moco, int queueCapacity) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (NamedArray array : moco.state()) {
                digest.update(array.data().duplicate());
            }
            float[] rows = queueCapacity == 0 ? new float[0] : moco.queueRows(0, queueCapacity);
            ByteBuffer bytes = ByteBuffer.allocate(rows.length * Float.BYTES);
            bytes.asFloatBuffer().put(rows);
            digest.update(bytes);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
