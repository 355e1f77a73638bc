package io.millrace.model.snapshot;

import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Layout;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.torch.Floats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts named tensors into an encoder's flat arrays: all of them, none unknown, none missing. */
final class TensorLoader {

    private final Path origin;
    private final Layout layout;

    /**
     * @param origin named in messages
     */
    TensorLoader(Path origin, Layout layout) {
        this.origin = origin;
        this.layout = layout;
    }

    /**
     * Overwrites the encoder's values.
     *
     * @param withHead whether the head's tensors are among them; otherwise it stays as it is
     */
    void load(List<NamedTensor> tensors, Encoder encoder, boolean withHead) {
        Map<String, NamedTensor> byName = new HashMap<>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        ByteBuffer parameters = Floats.read(encoder.parameters());
        ByteBuffer buffers = Floats.read(encoder.buffers());
        for (Entry entry : layout.entries()) {
            if (entry.isHead() && !withHead) {
                continue;
            }
            NamedTensor tensor = byName.remove(entry.name());
            requireFits(entry, tensor);
            if (tensor != null && entry.kind() != Entry.Kind.BATCHES) {
                copy(tensor, entry, entry.kind().isParameter() ? parameters : buffers);
            }
        }
        if (!byName.isEmpty()) {
            throw new MalformedSnapshotException(
                    "%s: the network of the manifest has no tensor %s; it was changed after it was published"
                            .formatted(origin, byName.keySet().iterator().next()));
        }
        Floats.write(encoder.parameters(), parameters);
        Floats.write(encoder.buffers(), buffers);
    }

    private void requireFits(Entry entry, @Nullable NamedTensor tensor) {
        TensorInfo.Type type =
                entry.kind() == Entry.Kind.BATCHES ? TensorInfo.Type.I64 : TensorInfo.Type.F32;
        if (tensor == null || !tensor.shape().equals(entry.shape()) || tensor.type() != type) {
            throw new MalformedSnapshotException(
                    "%s: expected tensor %s of shape %s and type %s, got %s"
                            .formatted(
                                    origin,
                                    entry.name(),
                                    entry.shape(),
                                    type,
                                    tensor == null
                                            ? "none"
                                            : tensor.shape() + " of type " + tensor.type()));
        }
    }

    private static void copy(NamedTensor tensor, Entry entry, ByteBuffer flat) {
        FloatBuffer values = tensor.data().slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        flat.order(ByteOrder.nativeOrder())
                .asFloatBuffer()
                .position(Math.toIntExact(entry.offset()))
                .put(values);
    }
}
