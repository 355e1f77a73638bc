package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.live.LiveSource;
import io.millrace.connectors.live.StartAt;
import io.millrace.job.run.KafkaEnds;
import io.millrace.job.settings.Preset;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.SettingsSources;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphTest {

    /** Where nobody listens: building the graph must not connect. */
    private static final String NOWHERE = "127.0.0.1:1";

    @TempDir private Path directory;

    /** A savepoint finds its operators by these names: a renamed one loses its state. */
    @Test
    void addTo_givesEveryOperatorItsStableName() {
        ResolvedSettings resolved =
                new SettingsSources(
                                Preset.CIFAR10_SMALL.label(),
                                null,
                                Map.of("kafka.bootstrap", NOWHERE))
                        .resolve();
        var settings = resolved.settings().withScheduleSteps(100);
        var ends = new KafkaEnds(settings, resolved);
        var frames =
                LiveSource.unbounded(
                        ends.connection(),
                        settings.kafka().images(),
                        settings.kafka().group(),
                        StartAt.earliest());
        var configuration = new Configuration();
        configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        var environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);

        new PretrainingJob(settings, ends.around(frames, directory)).addTo(environment);

        List<String> names =
                environment.getStreamGraph().getStreamNodes().stream()
                        .map(StreamNode::getTransformationUID)
                        .toList();
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "images",
                        "sequence",
                        "augment",
                        "train",
                        "probe",
                        "step-lines",
                        "probe-lines",
                        "metrics-0",
                        "Sink Committer: metrics-0",
                        "metrics-1",
                        "Sink Committer: metrics-1",
                        "dead-letters",
                        "Sink Committer: dead-letters",
                        "snapshots",
                        "Sink Committer: snapshots");
    }
}
