package io.millrace.model.moco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.encoder.Encoder;
import io.millrace.model.snapshot.MalformedSnapshotException;
import io.millrace.model.snapshot.NamedTensor;
import io.millrace.model.snapshot.PublishedEncoder;
import io.millrace.model.snapshot.Safetensors;
import io.millrace.model.snapshot.SnapshotDescription;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.snapshot.StagedSnapshot;
import io.millrace.model.stream.EncoderSnapshot;
import io.millrace.model.stream.Progress;
import io.millrace.model.torch.Precision;
import io.millrace.model.torch.TestTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trained encoder, published and read back with its head. */
class PublishedHeadTest {

    @TempDir private Path root;

    @Test
    void encoder_hasEveryTensorOfTheLearners() throws IOException {
        try (Moco moco = Moco.create(Samples.settings(), TestTorch.CPU)) {
            Samples.steps(moco, 0, 2);
            Path published = publish(moco);

            PublishedEncoder read = PublishedEncoder.read(published);

            assertThat(read.head()).contains(Samples.settings().encoder().head());
            try (Encoder encoder = read.encoder(TestTorch.CPU, Precision.FP32)) {
                assertSame(Backbone.of(encoder, 2), moco.backbone());
                assertSame(Backbone.head(encoder, 2), moco.head());
            }
            assertThat(moco.head())
                    .extracting(NamedTensor::name)
                    .containsExactly("fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias");
            assertThat(moco.backbone())
                    .extracting(NamedTensor::name)
                    .noneMatch(name -> name.startsWith("fc."));
        }
    }

    @Test
    void encoder_hasNoHead_whenItsFileIsAbsent_andIsRefused_whenItIsAnothers() throws IOException {
        try (Moco moco = Moco.create(Samples.settings(), TestTorch.CPU)) {
            Path published = publish(moco);
            Path head = published.resolve(PublishedEncoder.HEAD_FILE);
            byte[] bytes = Files.readAllBytes(head);
            Files.delete(head);

            PublishedEncoder read = PublishedEncoder.read(published);

            assertThat(read.head()).isEmpty();
            try (Encoder encoder = read.encoder(TestTorch.CPU, Precision.FP32)) {
                assertSame(Backbone.of(encoder, 0), moco.backbone());
            }
            bytes[bytes.length - 1] ^= 1;
            Files.write(head, bytes);
            assertThatThrownBy(() -> PublishedEncoder.read(published))
                    .isInstanceOf(MalformedSnapshotException.class)
                    .hasMessageContaining("head.safetensors: expected SHA-256");
        }
    }

    private Path publish(Moco moco) throws IOException {
        var settings = Samples.settings();
        var snapshots = new SnapshotDirectory(root);
        StagedSnapshot staged =
                snapshots.stage(
                        new EncoderSnapshot(
                                new Progress("default", moco.steps(), 1, 0, List.of()),
                                Safetensors.encode(moco.backbone(), Map.of("format", "pt")),
                                Safetensors.encode(moco.head(), Map.of("format", "pt")),
                                true),
                        new SnapshotDescription(
                                settings.encoder().architecture(),
                                settings.encoder().normalization(),
                                settings.side(),
                                Map.of(),
                                Map.of()),
                        Instant.EPOCH);
        snapshots.publish(staged);
        return Path.of(staged.published());
    }

    private static void assertSame(List<NamedTensor> ours, List<NamedTensor> theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < ours.size(); i++) {
            assertThat(ours.get(i).info()).isEqualTo(theirs.get(i).info());
            assertThat(ours.get(i).data()).as(ours.get(i).name()).isEqualTo(theirs.get(i).data());
        }
    }
}
