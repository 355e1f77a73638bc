package io.millrace.job.settings;

import static java.util.Objects.requireNonNull;

import io.millrace.connectors.replay.Bounds;
import io.millrace.connectors.replay.Shuffle;
import io.millrace.model.augment.Recipe;
import io.millrace.model.evaluation.ProbeSettings;
import io.millrace.model.image.ImageLimits;
import io.millrace.model.moco.MocoSettings;
import io.millrace.model.reference.ReferenceRules;
import io.millrace.model.snapshot.WeightsFile;
import io.millrace.operators.RejectionLimit;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.configuration.ReadableConfig;

/** All settings of a run, valid by construction. */
public record Settings(
        Learning learning,
        Recipe views,
        ImageLimits images,
        Probe probe,
        Output output,
        Parallelism parallelism,
        Source source,
        Kafka kafka)
        implements Serializable {

    /**
     * The classifiers that watch labelled records.
     *
     * @param online how they classify
     * @param baseline whether the untrained encoder is probed too
     */
    public record Probe(boolean enabled, ProbeSettings online, boolean baseline)
            implements Serializable {
        public Probe {
            requireNonNull(online, "online");
        }
    }

    /**
     * What leaves the trainer, and when.
     *
     * @param metricsEverySteps steps that a report covers
     * @param snapshotsKeep published encoders kept
     */
    public record Output(int metricsEverySteps, Duration checkpointInterval, int snapshotsKeep)
            implements Serializable {
        public Output {
            requireNonNull(checkpointInterval, "checkpointInterval");
        }
    }

    /**
     * Subtasks and threads.
     *
     * @param source readers of the image topic
     * @param augment 0 for a share of the machine's cores
     * @param threads of a training step; 0 for all cores
     */
    public record Parallelism(
            int source, int augment, RunOptions.Dealing dealing, int train, int threads)
            implements Serializable {}

    /** What is read, how often, which references are followed, and how much may be unusable. */
    public record Source(
            StreamOptions.Mode mode,
            StreamOptions.Start start,
            Replay replay,
            ReferenceRules references,
            RejectionLimit rejectionLimit)
            implements Serializable {
        public Source {
            requireNonNull(references, "references");
            requireNonNull(rejectionLimit, "rejectionLimit");
            requireNonNull(mode, "mode");
            requireNonNull(start, "start");
            requireNonNull(replay, "replay");
        }

        /** Whether a frozen range is read, with or without a live feed after it. */
        public boolean readsHistory() {
            return mode == StreamOptions.Mode.REPLAY || followsHistory();
        }

        /** Whether the live feed follows a frozen range. */
        public boolean followsHistory() {
            return mode == StreamOptions.Mode.LIVE
                    && start == StreamOptions.Start.HISTORY_THEN_LIVE;
        }
    }

    /** What a replay passes over, how often, and in which order. */
    public record Replay(
            Bounds bounds,
            int epochs,
            Shuffle shuffle,
            long windowBytes,
            ReplayOptions.EpochEnd epochEnd)
            implements Serializable {
        public Replay {
            requireNonNull(bounds, "bounds");
            requireNonNull(shuffle, "shuffle");
            requireNonNull(epochEnd, "epochEnd");
        }

        /** Whether records that do not make a batch at the end of an epoch are left out. */
        public boolean dropsLast() {
            return epochEnd == ReplayOptions.EpochEnd.DROP_LAST;
        }
    }

    /** The cluster and its topics. */
    public record Kafka(
            String bootstrap,
            String images,
            String metrics,
            String snapshots,
            String deadLetters,
            String transactionPrefix,
            Duration transactionTimeout,
            String group)
            implements Serializable {

        public Kafka {
            requireNonNull(bootstrap, "bootstrap");
            requireNonNull(images, "images");
            requireNonNull(metrics, "metrics");
            requireNonNull(snapshots, "snapshots");
            requireNonNull(deadLetters, "deadLetters");
            requireNonNull(transactionPrefix, "transactionPrefix");
            requireNonNull(transactionTimeout, "transactionTimeout");
            requireNonNull(group, "group");
        }

        /** The same topics on other brokers. */
        public Kafka at(String otherBootstrap) {
            return new Kafka(
                    otherBootstrap,
                    images,
                    metrics,
                    snapshots,
                    deadLetters,
                    transactionPrefix,
                    transactionTimeout,
                    group);
        }
    }

    public Settings {
        requireNonNull(learning, "learning");
        requireNonNull(views, "views");
        requireNonNull(images, "images");
        requireNonNull(probe, "probe");
        requireNonNull(output, "output");
        requireNonNull(parallelism, "parallelism");
        requireNonNull(source, "source");
        requireNonNull(kafka, "kafka");
    }

    /** What the learner needs; a cosine schedule must have its length by now. */
    public MocoSettings moco() {
        return learning.moco(views.side());
    }

    /** Whether the schedule's length is the run's, which is still to be said. */
    public boolean needsScheduleSteps() {
        return learning.needsSteps();
    }

    /** The same settings with the run's length as the length of the schedule. */
    public Settings withScheduleSteps(long steps) {
        return with(learning.withScheduleSteps(steps), kafka);
    }

    /** The same settings with weights to start from. */
    public Settings withInitial(WeightsFile weights) {
        return with(learning.withInitial(weights), kafka);
    }

    /** The same settings on other brokers, for example an embedded one. */
    public Settings withBootstrap(String bootstrap) {
        return with(learning, kafka.at(bootstrap));
    }

    private Settings with(Learning newLearning, Kafka newKafka) {
        return new Settings(
                newLearning, views, images, probe, output, parallelism, source, newKafka);
    }

    /** The only reader of the options. */
    static Settings from(ReadableConfig config) {
        return new Settings(
                SettingsReader.learning(config),
                SettingsReader.views(config),
                SettingsReader.images(config),
                new Probe(
                        config.get(RunOptions.PROBE_ENABLED),
                        SettingsReader.probe(config),
                        config.get(RunOptions.PROBE_BASELINE)),
                new Output(
                        config.get(RunOptions.METRICS_EVERY_STEPS),
                        config.get(RunOptions.CHECKPOINT_INTERVAL),
                        config.get(RunOptions.SNAPSHOTS_KEEP)),
                new Parallelism(
                        config.get(RunOptions.PARALLELISM_SOURCE),
                        config.get(RunOptions.PARALLELISM_AUGMENT),
                        config.get(RunOptions.PARALLELISM_DEALING),
                        config.get(RunOptions.PARALLELISM_TRAIN),
                        config.get(TrainingOptions.THREADS)),
                new Source(
                        config.get(StreamOptions.MODE),
                        config.get(StreamOptions.START),
                        SettingsReader.replay(config),
                        ReferenceRules.allowing(config.get(ViewOptions.REFERENCE_ALLOW)),
                        new RejectionLimit(
                                config.get(StreamOptions.MAX_REJECTED_SHARE),
                                config.get(StreamOptions.REJECTED_WINDOW))),
                SettingsReader.kafka(config));
    }
}
