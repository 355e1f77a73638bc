package io.millrace.job.bench;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.live.LiveSource;
import io.millrace.connectors.live.StartAt;
import io.millrace.connectors.replay.ReplayManifest;
import io.millrace.connectors.replay.ReplaySource;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.console.Table;
import io.millrace.job.ingest.ImageSources;
import io.millrace.job.ingest.Ingestion;
import io.millrace.job.run.FrozenRange;
import io.millrace.job.run.Session;
import io.millrace.job.settings.ResolvedSettings;
import io.millrace.job.settings.Settings;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.ViewPair;
import io.millrace.operators.AugmentFunction;
import io.millrace.operators.Sequencer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Records a second of the live source and of a replay of the same records, in turns: numbered and
 * thrown away, and with two views of each as well.
 */
public final class SourceBench {

    /**
     * How much is measured.
     *
     * @param records at least so many are in the topic
     */
    public record Extent(int rounds, long records) {}

    /** A source, and whether its records are augmented. */
    private record Run(boolean replay, boolean augmented) {}

    private static final List<Run> RUNS =
            List.of(
                    new Run(false, false),
                    new Run(true, false),
                    new Run(false, true),
                    new Run(true, true));

    private final Settings settings;
    private final ImageSources images;
    private final Consumer<String> listener;

    /** A bench of the settings' replay on the images. */
    public SourceBench(ResolvedSettings resolved, ImageSources images, Consumer<String> listener) {
        this.settings = resolved.settings();
        this.images = images;
        this.listener = listener;
    }

    /** Measures, with the broker's data below the directory; says what came out, as a table. */
    public String run(Extent extent, Path directory) throws Exception {
        try (Session session = Session.embedded(directory.resolve("broker"))) {
            Settings here = settings.withBootstrap(session.connection().bootstrapServers());
            String topic = here.kafka().images();
            session.imageTopic(topic);
            var target =
                    new Ingestion.Target(
                            here.kafka().bootstrap(), topic, EmbeddedBroker.MAX_RECORD_BYTES);
            while (ends(session, topic) < extent.records()) {
                new Ingestion(target, progress -> {}).run(images, 0);
            }
            ReplayManifest manifest = FrozenRange.freeze(session.topics(), here);
            measure(session.connection(), manifest, true, true); // warms up
            List<double[]> rounds = new ArrayList<>();
            for (int round = 0; round < extent.rounds(); round++) {
                double[] speeds = new double[RUNS.size()];
                for (int turn = 0; turn < speeds.length; turn++) {
                    // Every other round the other way round: whoever is second finds caches warm.
                    int index = round % 2 == 0 ? turn : turn ^ 1;
                    Run run = RUNS.get(index);
                    listener.accept("round %d: %s".formatted(round, run));
                    speeds[index] =
                            measure(session.connection(), manifest, run.replay(), run.augmented());
                }
                rounds.add(speeds);
            }
            return render(rounds, manifest);
        }
    }

    private static long ends(Session session, String topic) {
        return session.topics().endOffsets(topic).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Records/s between the first and the last. */
    private double measure(
            KafkaConnection connection, ReplayManifest manifest, boolean replay, boolean augmented)
            throws Exception {
        Meter.reset();
        var configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(RestOptions.BIND_PORT, "0");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        DataStream<Frame> frames =
                environment
                        .fromSource(
                                source(connection, manifest, replay),
                                WatermarkStrategy.noWatermarks(),
                                "images")
                        .setParallelism(replay ? settings.parallelism().source() : 1)
                        .process(new Sequencer(List.of(Frame.DEFAULT_LEARNER)))
                        .setParallelism(1);
        if (augmented) {
            frames.rebalance()
                    .process(
                            new AugmentFunction(
                                    settings.views(),
                                    settings.images(),
                                    settings.source().references(),
                                    settings.learning().seed(),
                                    settings.source().rejectionLimit()))
                    .setParallelism(Math.max(1, settings.parallelism().augment()))
                    .map(new Meter<>())
                    .returns(ViewPair.class)
                    .sinkTo(new DiscardingSink<>());
        } else {
            frames.map(new Meter<>()).returns(Frame.class).sinkTo(new DiscardingSink<>());
        }
        environment.execute();
        return Meter.perSecond();
    }

    private static Source<Frame, ?, ?> source(
            KafkaConnection connection, ReplayManifest manifest, boolean replay) {
        if (replay) {
            return new ReplaySource(connection, manifest);
        }
        Map<Integer, Long> ends = new HashMap<>();
        manifest.ranges().forEach(range -> ends.put(range.partition(), range.end()));
        return LiveSource.bounded(connection, manifest.topic(), "bench", StartAt.earliest(), ends);
    }

    private static String render(List<double[]> rounds, ReplayManifest manifest) {
        var table =
                new Table()
                        .row(
                                "round",
                                "live, records/s",
                                "replay",
                                "ratio",
                                "live with views",
                                "replay with views",
                                "ratio");
        for (int round = 0; round < rounds.size(); round++) {
            double[] s = rounds.get(round);
            table.row(
                    "" + round,
                    speed(s[0]),
                    speed(s[1]),
                    ratio(s[1] / s[0]),
                    speed(s[2]),
                    speed(s[3]),
                    ratio(s[3] / s[2]));
        }
        return "%,d records, %s%n%s"
                .formatted(manifest.offsets(), manifest.shuffle(), table.render());
    }

    private static String speed(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** Notes when the first and the last record passed, of all subtasks. */
    private static final class Meter<T> implements MapFunction<T, T> {

        private static final long serialVersionUID = 1L;
        private static final AtomicLong FIRST = new AtomicLong();
        private static final AtomicLong LAST = new AtomicLong();
        private static final AtomicLong COUNT = new AtomicLong();

        static void reset() {
            FIRST.set(0);
            COUNT.set(0);
        }

        static double perSecond() {
            return COUNT.get() * 1e9 / (LAST.get() - FIRST.get());
        }

        @Override
        public T map(T value) {
            long now = System.nanoTime();
            FIRST.compareAndSet(0, now);
            LAST.set(now);
            COUNT.incrementAndGet();
            return value;
        }
    }
}
