package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.image.ImageLimits;
import io.millrace.model.image.NativeCodecs;
import io.millrace.model.reference.ReferenceRules;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.ViewPair;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What a reporter is told of an augmenter. */
class AugmentMetricsTest {

    private static final String REJECTED = ".rejected.";

    /** By whole name, as registered. */
    private final Map<String, Metric> metrics = new TreeMap<>();

    @Test
    void nativeDecoder_saysWhatTheSystemLends() throws Exception {
        NativeCodecs codecs = NativeCodecs.system();

        augment(List.of());

        assertThat(gauge("nativeDecoder.jpeg")).isEqualTo(codecs.jpeg() ? 1 : 0);
        assertThat(gauge("nativeDecoder.webp")).isEqualTo(codecs.webp() ? 1 : 0);
    }

    @Test
    void nativeDecoder_isZero_whenTheSystemsAreLeftAlone() throws Exception {
        System.setProperty(NativeCodecs.PROPERTY, "false");
        try {
            augment(List.of());
        } finally {
            System.clearProperty(NativeCodecs.PROPERTY);
        }

        assertThat(gauge("nativeDecoder.jpeg")).isEqualTo(0);
        assertThat(gauge("nativeDecoder.webp")).isEqualTo(0);
    }

    @Test
    void counters_countEachRecordOnce_byReason() throws Exception {
        byte[] png = Fixtures.png(16, 16, 3);
        byte[] cut = Arrays.copyOf(png, png.length / 2);
        byte[] text = "not an image".getBytes(StandardCharsets.UTF_8);
        byte[] empty = {};

        augment(List.of(png, text, empty, png, text, cut, text, empty, png, png));

        assertThat(counter("augmented")).isEqualTo(4);
        assertThat(rejected()).isEqualTo(Map.of("NOT_AN_IMAGE", 3L, "EMPTY", 2L, "TRUNCATED", 1L));
    }

    private void augment(List<byte[]> values) throws Exception {
        var function =
                new AugmentFunction(
                        Fixtures.RECIPE,
                        ImageLimits.DEFAULT,
                        ReferenceRules.NONE,
                        3,
                        RejectionLimit.NONE);
        try (MockEnvironment environment =
                        new MockEnvironmentBuilder().setMetricGroup(recording()).build();
                var harness =
                        new OneInputStreamOperatorTestHarness<Frame, ViewPair>(
                                new ProcessOperator<>(function), environment)) {
            harness.open();
            for (int i = 0; i < values.size(); i++) {
                harness.processElement(Fixtures.frame(i, values.get(i)), 0);
            }
        }
    }

    private TaskMetricGroup recording() {
        var registry =
                TestingMetricRegistry.builder()
                        .setRegisterConsumer(
                                (metric, name, group) ->
                                        metrics.put(group.getMetricIdentifier(name), metric))
                        .build();
        return TaskManagerMetricGroup.createTaskManagerMetricGroup(
                        registry, "localhost", ResourceID.generate())
                .addJob(new JobID(), "job")
                .addTask(ExecutionAttemptID.randomId(), "augment");
    }

    private Object gauge(String name) {
        return ((Gauge<?>) only(name)).getValue();
    }

    private long counter(String name) {
        return ((Counter) only(name)).getCount();
    }

    private Metric only(String name) {
        List<Metric> found =
                metrics.entrySet().stream()
                        .filter(entry -> entry.getKey().endsWith("." + name))
                        .map(Map.Entry::getValue)
                        .toList();
        assertThat(found).as("metrics named %s among %s", name, metrics.keySet()).hasSize(1);
        return found.get(0);
    }

    /** Reason to count. */
    private Map<String, Long> rejected() {
        return metrics.entrySet().stream()
                .filter(entry -> entry.getKey().contains(REJECTED))
                .collect(
                        Collectors.toMap(
                                entry -> entry.getKey().replaceAll(".*\\.", ""),
                                entry -> ((Counter) entry.getValue()).getCount()));
    }
}
