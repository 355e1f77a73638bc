package io.millrace.job;

import static org.apache.flink.configuration.NettyShuffleEnvironmentOptions.ADAPTIVE_PARTITIONER_ENABLED;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.run.KafkaEnds;
import io.millrace.job.settings.Preset;
import io.millrace.job.settings.SettingsSources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DealingTest {

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({"turns, true, false", "shortest-queue, false, true"})
    void job_dealsImagesAsItsSettingsSay_whateverTheClusterDoes(
            String dealing, boolean cluster, boolean expected) throws Exception {
        var resolved =
                new SettingsSources(
                                Preset.CIFAR10_SMALL.label(),
                                null,
                                Map.of(
                                        "kafka.bootstrap",
                                        "localhost:1",
                                        "parallelism.dealing",
                                        dealing))
                        .resolve();
        var settings = resolved.settings().withScheduleSteps(100);
        var kafka = new KafkaEnds(settings, resolved);
        var range = new ReplayManifest.Range(0, 0, 1);
        var manifest = new ReplayManifest("images", List.of(range), 1, Shuffle.none());
        var environment =
                StreamExecutionEnvironment.getExecutionEnvironment(
                        new Configuration().set(ADAPTIVE_PARTITIONER_ENABLED, cluster));

        new PretrainingJob(
                        settings,
                        kafka.around(new ReplaySource(kafka.connection(), manifest), directory))
                .addTo(environment);

        assertThat(environment.getConfig().isObjectReuseEnabled()).isTrue();
        assertThat(environment.getStreamGraph().getJobConfiguration())
                .satisfies(
                        job ->
                                assertThat(job.get(ADAPTIVE_PARTITIONER_ENABLED))
                                        .isEqualTo(expected));
    }
}
