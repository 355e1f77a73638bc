package io.millrace.job;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.kafka.MetricLines;
import io.millrace.job.settings.RunOptions;
import io.millrace.job.settings.Settings;
import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.ProbeReport;
import io.millrace.model.stream.SnapshotPart;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import io.millrace.operators.AugmentFunction;
import io.millrace.operators.ProbeOperator;
import io.millrace.operators.Sequencer;
import io.millrace.operators.TrainOperator;
import io.millrace.operators.TrainSettings;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.NettyShuffleEnvironmentOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job's graph, from frames to published encoders. Its ends are passed in: production gives
 * Kafka and files, tests give lists.
 */
public final class PretrainingJob {

    /**
     * Where records come from and go to.
     *
     * @param metrics each gets every line of step and probe metrics, JSON
     */
    public record Ends(
            Source<Frame, ?, ?> frames,
            List<Sink<String>> metrics,
            Sink<DeadLetter> deadLetters,
            Sink<SnapshotPart> snapshots) {

        public Ends {
            requireNonNull(frames, "frames");
            metrics = List.copyOf(metrics);
            requireNonNull(deadLetters, "deadLetters");
            requireNonNull(snapshots, "snapshots");
        }
    }

    /** What is trained: no setting names further learners yet. */
    private static final List<String> LEARNERS = List.of(Frame.DEFAULT_LEARNER);

    private final Settings settings;
    private final Ends ends;
    private final long lastStep;

    /** The job by the settings, between the ends. */
    public PretrainingJob(Settings settings, Ends ends) {
        this(settings, ends, 0);
    }

    private PretrainingJob(Settings settings, Ends ends, long lastStep) {
        this.settings = settings;
        this.ends = ends;
        this.lastStep = lastStep;
    }

    /** The same job, which takes no step after that one. */
    public PretrainingJob until(long step) {
        return new PretrainingJob(settings, ends, step);
    }

    /**
     * Flink's configuration of how records pass from operator to operator, a job's own. Within a
     * chain they pass as they are: nobody changes what was emitted, and copies of images cost
     * cores.
     */
    public static Configuration passing(Settings settings) {
        return new Configuration()
                .set(PipelineOptions.OBJECT_REUSE, true)
                .set(
                        NettyShuffleEnvironmentOptions.ADAPTIVE_PARTITIONER_ENABLED,
                        settings.parallelism().dealing() == RunOptions.Dealing.SHORTEST_QUEUE);
    }

    /** Adds the graph; augmentation runs at the environment's parallelism. */
    public void addTo(StreamExecutionEnvironment environment) {
        environment.configure(passing(settings));
        SingleOutputStreamOperator<Frame> frames = numberedFrames(environment);
        SingleOutputStreamOperator<ViewPair> views = augment(environment, frames);
        SingleOutputStreamOperator<StepReport> steps = train(views);
        DataStream<ProbeReport> probes = probe(steps.getSideOutput(TrainOperator.FEATURES));

        DataStream<String> metrics =
                steps.map(report -> MetricLines.json(report), Types.STRING)
                        .uid("step-lines")
                        .setParallelism(1)
                        .union(
                                probes.map(report -> MetricLines.json(report), Types.STRING)
                                        .uid("probe-lines")
                                        .setParallelism(1));
        for (int i = 0; i < ends.metrics().size(); i++) {
            metrics.sinkTo(ends.metrics().get(i))
                    .name("metrics " + i)
                    .uid("metrics-" + i)
                    .setParallelism(1);
        }
        views.getSideOutput(AugmentFunction.REJECTED)
                .union(frames.getSideOutput(Sequencer.REJECTED))
                .sinkTo(ends.deadLetters())
                .name("dead letters")
                .uid("dead-letters")
                .setParallelism(1);
        steps.getSideOutput(TrainOperator.SNAPSHOTS)
                .sinkTo(ends.snapshots())
                .name("snapshots")
                .uid("snapshots")
                .setParallelism(1);
    }

    private SingleOutputStreamOperator<Frame> numberedFrames(
            StreamExecutionEnvironment environment) {
        return environment
                .fromSource(
                        ends.frames(),
                        WatermarkStrategy.noWatermarks(),
                        "images",
                        TypeInformation.of(Frame.class))
                .uid("images")
                .setParallelism(settings.parallelism().source())
                .process(new Sequencer(LEARNERS))
                .name("sequence")
                .uid("sequence")
                .setParallelism(1);
    }

    private SingleOutputStreamOperator<ViewPair> augment(
            StreamExecutionEnvironment environment, DataStream<Frame> frames) {
        long seed = settings.learning().seed();
        return frames.rebalance()
                .process(
                        new AugmentFunction(
                                settings.views(),
                                settings.images(),
                                settings.source().references(),
                                seed,
                                settings.source().rejectionLimit()))
                .name("augment")
                .uid("augment")
                .setParallelism(environment.getParallelism());
    }

    private SingleOutputStreamOperator<StepReport> train(DataStream<ViewPair> views) {
        return views.keyBy(ViewPair::learner)
                .transform(
                        "train",
                        TypeInformation.of(StepReport.class),
                        new TrainOperator(trainSettings()))
                .uid("train")
                .setParallelism(settings.parallelism().train());
    }

    private DataStream<ProbeReport> probe(DataStream<FeatureBatch> features) {
        return features.keyBy(ProbeOperator::key)
                .transform(
                        "probe",
                        TypeInformation.of(ProbeReport.class),
                        new ProbeOperator(
                                settings.probe().online(), settings.output().metricsEverySteps()))
                .uid("probe")
                .setParallelism(1);
    }

    private TrainSettings trainSettings() {
        TrainSettings.Probed probed = TrainSettings.Probed.NONE;
        if (settings.probe().enabled()) {
            probed =
                    settings.probe().baseline()
                            ? TrainSettings.Probed.TRAINED_AND_UNTRAINED
                            : TrainSettings.Probed.TRAINED;
        }
        return new TrainSettings(
                settings.moco(),
                settings.learning().initial(),
                settings.parallelism().threads(),
                probed,
                settings.output().metricsEverySteps(),
                settings.source().replay().dropsLast(),
                lastStep);
    }
}
