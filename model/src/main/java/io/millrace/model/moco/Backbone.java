package io.millrace.model.moco;

import io.millrace.model.encoder.Encoder;
import io.millrace.model.encoder.Layout.Entry;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.TensorInfo;
import io.millrace.model.torch.Floats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** An encoder's named tensors, in the order of torchvision's state_dict. */
final class Backbone {

    private Backbone() {}

    /**
     * Copies all but the head's.
     *
     * @param batches forward passes in training mode that the encoder's statistics have seen
     */
    static List<NamedTensor> of(Encoder encoder, long batches) {
        return tensors(encoder, batches, false);
    }

    /** Copies the head's alone. */
    static List<NamedTensor> head(Encoder encoder, long batches) {
        return tensors(encoder, batches, true);
    }

    private static List<NamedTensor> tensors(Encoder encoder, long batches, boolean head) {
        ByteBuffer parameters = Floats.read(encoder.parameters());
        ByteBuffer buffers = Floats.read(encoder.buffers());
        List<NamedTensor> tensors = new ArrayList<>();
        for (Entry entry : encoder.layout().entries()) {
            if (entry.isHead() != head) {
                continue;
            }
            if (entry.kind() == Entry.Kind.BATCHES) {
                ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                count.putLong(batches).flip();
                tensors.add(new NamedTensor(entry.name(), TensorInfo.Type.I64, List.of(), count));
            } else {
                ByteBuffer flat = entry.kind().isParameter() ? parameters : buffers;
                tensors.add(
                        new NamedTensor(
                                entry.name(),
                                TensorInfo.Type.F32,
                                entry.shape(),
                                part(flat, entry)));
            }
        }
        return tensors;
    }

    private static ByteBuffer part(ByteBuffer flat, Entry entry) {
        int from = Math.toIntExact(entry.offset() * Float.BYTES);
        int length = Math.toIntExact(entry.size() * Float.BYTES);
        return flat.slice(from, length).order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer();
    }
}
