package io.millrace.operators;

import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.stream.SnapshotPart;
import io.millrace.model.stream.SnapshotParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Tensors as pieces of a published file. */
final class EncoderParts {

    private EncoderParts() {}

    static void send(
            String learner,
            long step,
            SnapshotPart.Kind kind,
            List<NamedTensor> tensors,
            Consumer<SnapshotPart> out) {
        try (var parts = new SnapshotParts(learner, step, kind, out)) {
            Safetensors.write(parts, tensors, Map.of("format", "pt"));
        } catch (IOException e) {
            throw new UncheckedIOException("handing on a piece of memory failed", e);
        }
    }
}
