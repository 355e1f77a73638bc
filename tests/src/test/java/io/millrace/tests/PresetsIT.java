package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.settings.Preset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every preset from Kafka to a published encoder, with a small network, batch and views. */
@TestInstance(Lifecycle.PER_CLASS)
class PresetsIT {

    private static final int IMAGES = 100;
    private static final int EPOCHS = 2;
    private static final int BATCH = 16;
    private static final List<String> SMALL =
            List.of(
                    "-Dencoder.architecture=custom",
                    "-Dencoder.stem=cifar",
                    "-Dencoder.block=basic",
                    "-Dencoder.width=8",
                    "-Dencoder.blocks=1,1",
                    "-Dhead.dimension=16",
                    "-Dtraining.batch-size=" + BATCH,
                    "-Dtraining.threads=1",
                    "-Dbatch-norm.splits=2",
                    "-Dviews.side=16",
                    "-Dmetrics.every-steps=1",
                    "-Dparallelism.augment=1");

    private Path directory;
    private EmbeddedBroker broker;

    @BeforeAll
    void ingest(@TempDir Path folder) throws IOException {
        directory = folder;
        Path pictures = directory.resolve("pictures");
        Pictures.write(pictures, IMAGES);
        broker = EmbeddedBroker.start(directory.resolve("broker"));
        Invocation ingested =
                Invocation.of(
                        "ingest",
                        "--source",
                        pictures.toString(),
                        "--topic",
                        "images",
                        "--bootstrap",
                        broker.bootstrap());
        assertThat(ingested.exitCode()).as(ingested.err()).isZero();
    }

    @AfterAll
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void train_publishesAnEncoder(Preset preset) throws Exception {
        var outputs = new Outputs(directory.resolve(preset.label()));
        List<String> words = new ArrayList<>(List.of("train", "--topic", "images"));
        words.addAll(List.of("--bootstrap", broker.bootstrap(), "--epochs", "" + EPOCHS));
        words.addAll(List.of("--preset", preset.label(), "--out", outputs.root().toString()));
        words.addAll(SMALL);
        words.addAll(ofMechanism(preset));

        Invocation run = Invocation.of(words);

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode summary = outputs.summary();
        long steps = (long) EPOCHS * IMAGES / BATCH;
        assertThat(summary.path("completed").asBoolean()).isTrue();
        assertThat(summary.path("steps").asLong()).isEqualTo(steps);
        assertThat(summary.path("loss").asDouble()).isFinite();
        assertThat(summary.path("weights_sha256").asText()).isEqualTo(outputs.weightsSha256());
        List<Double> losses =
                outputs.metrics("step").stream().map(s -> s.path("loss").asDouble()).toList();
        assertThat(losses).hasSize((int) steps).doesNotHaveDuplicates();
    }

    /** Sizes that only some mechanisms read. */
    private static List<String> ofMechanism(Preset preset) {
        return switch (preset) {
            case END_TO_END -> List.of("-Dschedule.warmup-steps=3");
            case MOCO_V3 ->
                    List.of("-Dschedule.warmup-steps=3", "-Dhead.hidden=32", "-Dhead.predictor=24");
            case MEMORY_BANK ->
                    List.of("-Dcontrast.queue-capacity=64", "-Dcontrast.bank.capacity=100");
            default -> List.of("-Dcontrast.queue-capacity=64");
        };
    }
}
