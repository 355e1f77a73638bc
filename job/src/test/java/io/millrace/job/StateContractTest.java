package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.hybrid.HistoryThenLiveSource;
import io.millrace.connectors.live.LiveSource;
import io.millrace.connectors.live.StartAt;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.job.run.KafkaEnds;
import io.millrace.job.settings.Preset;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.SettingsSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What savepoints are read by, against the list in {@code state-contract.txt}. With
 * -Dmillrace.contract.update=true the list is written anew.
 */
class StateContractTest {

    private static final Path LIST =
            Path.of("src", "test", "resources", "io", "millrace", "job", "state-contract.txt");

    /** Where nobody listens: building the graph must not connect. */
    private static final String NOWHERE = "127.0.0.1:1";

    @TempDir private Path directory;

    @Test
    void job_keepsWhatSavepointsAreReadBy() throws Exception {
        List<String> found = contract();
        if (Boolean.getBoolean("millrace.contract.update")) {
            Files.createDirectories(LIST.getParent());
            Files.write(LIST, found);
            return;
        }
        List<String> listed = Files.readAllLines(LIST);
        List<String> gone = new ArrayList<>(listed);
        gone.removeAll(found);
        List<String> added = new ArrayList<>(found);
        added.removeAll(listed);

        assertThat(found)
                .as(
                        """
                        Savepoints that users hold are read by these names and forms.
                        In %s but no longer in the job:
                          %s
                        In the job but not listed:
                          %s
                        Keep the old name and form, or read the old one too: raise the version of the \
                        state or serializer that changed and migrate what has the version before. \
                        Where neither is possible, say so in a decision record. Then list what is new: \
                        run this test once with -Dmillrace.contract.update=true, and record the \
                        savepoint anew (CONTRIBUTING.md).
                        """,
                        LIST, String.join("\n  ", gone), String.join("\n  ", added))
                .isEqualTo(listed);
    }

    private List<String> contract() throws Exception {
        ResolvedSettings resolved =
                new SettingsSources(
                                Preset.CIFAR10_SMALL.label(),
                                null,
                                Map.of("kafka.bootstrap", NOWHERE))
                        .resolve();
        var settings = resolved.settings().withScheduleSteps(100);
        var kafka = new KafkaEnds(settings, resolved);
        var range = new ReplayManifest.Range(0, 0, 1);
        var replay =
                new ReplaySource(
                        kafka.connection(),
                        new ReplayManifest("images", List.of(range), 1, Shuffle.none()));
        var live =
                LiveSource.unbounded(
                        kafka.connection(),
                        settings.kafka().images(),
                        settings.kafka().group(),
                        StartAt.earliest());
        var environment =
                StreamExecutionEnvironment.getExecutionEnvironment(
                        new Configuration().set(PipelineOptions.AUTO_GENERATE_UIDS, false));
        var ends = kafka.around(replay, directory);
        new PretrainingJob(settings, ends).addTo(environment);
        StreamGraph graph = environment.getStreamGraph();

        List<String> contract = new ArrayList<>(StateContract.operators(graph));
        contract.addAll(StateContract.source("live", live));
        contract.addAll(StateContract.source("replay", replay));
        var both =
                HistoryThenLiveSource.unbounded(
                        kafka.connection(), replay.manifest(), settings.kafka().group());
        contract.addAll(StateContract.source("history-then-live", both));
        for (int i = 0; i < ends.metrics().size(); i++) {
            contract.addAll(StateContract.sink("metrics-" + i, ends.metrics().get(i)));
        }
        contract.addAll(StateContract.sink("dead-letters", ends.deadLetters()));
        contract.addAll(StateContract.sink("snapshots", ends.snapshots()));
        return contract.stream().sorted().toList();
    }
}
