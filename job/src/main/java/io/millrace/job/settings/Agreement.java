package io.millrace.job.settings;

import io.millrace.model.encoder.Architecture.Stem;
import io.millrace.model.moco.Mechanism;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/** The rules that tie one setting to another. */
final class Agreement {

    private final ReadableConfig config;
    private final Map<String, Entry> inForce;
    private final List<SettingsProblem> problems;
    private final Set<String> alreadyWrong = new HashSet<>();

    private Agreement(
            ReadableConfig config, Map<String, Entry> inForce, List<SettingsProblem> problems) {
        this.config = config;
        this.inForce = inForce;
        this.problems = problems;
        problems.forEach(problem -> alreadyWrong.add(problem.key()));
    }

    static void check(
            ReadableConfig config, Map<String, Entry> inForce, List<SettingsProblem> problems) {
        Agreement agreement = new Agreement(config, inForce, problems);
        agreement.batch();
        agreement.patches();
        agreement.warmup();
        agreement.ranges();
        agreement.idle();
        agreement.topics();
        agreement.start();
        agreement.dealing();
    }

    /** Also where the flag of a command is the stronger source: two meanings of one run. */
    private void start() {
        if (config.get(StreamOptions.MODE) == StreamOptions.Mode.REPLAY
                && config.get(StreamOptions.START) == StreamOptions.Start.HISTORY_THEN_LIVE) {
            report(
                    StreamOptions.START,
                    StreamOptions.MODE,
                    "earliest or latest, since source.mode is replay, which ends",
                    "set source.mode: live, or give train --then-live beside --epochs");
        }
    }

    /** A server may keep an image for a minute, and the trainer holds all that overtakes it. */
    private void dealing() {
        if (config.get(RunOptions.PARALLELISM_DEALING) == RunOptions.Dealing.SHORTEST_QUEUE
                && !config.get(ViewOptions.REFERENCE_ALLOW).isEmpty()) {
            report(
                    RunOptions.PARALLELISM_DEALING,
                    ViewOptions.REFERENCE_ALLOW,
                    "turns, since image.reference.allow has references followed",
                    "try turns");
        }
    }

    private void batch() {
        int batch = config.get(TrainingOptions.BATCH_SIZE);
        int splits = config.get(TrainingOptions.SPLITS);
        if (batch % splits != 0 || batch / splits < 2) {
            int works = Math.max(2, Math.round((float) batch / splits)) * splits;
            report(
                    TrainingOptions.BATCH_SIZE,
                    TrainingOptions.SPLITS,
                    "a multiple of batch-norm.splits (" + splits + "), at least twice as large",
                    "try " + works);
        }
        int queue = config.get(ContrastOptions.QUEUE_CAPACITY);
        boolean symmetric = config.get(ContrastOptions.SYMMETRIC);
        boolean queued = config.get(ContrastOptions.MECHANISM) == Mechanism.MOMENTUM_QUEUE;
        if (queued && queue < (symmetric ? 2 * batch : batch)) {
            report(
                    ContrastOptions.QUEUE_CAPACITY,
                    TrainingOptions.BATCH_SIZE,
                    symmetric
                            ? "at least twice training.batch-size (2 x "
                                    + batch
                                    + "), since contrast.symmetric enqueues both views' keys"
                            : "at least training.batch-size (" + batch + ")",
                    "try " + 16 * batch);
        }
    }

    private void patches() {
        int side = config.get(ViewOptions.SIDE);
        Stem stem = config.get(EncoderOptions.STEM);
        int rest = side % stem.patch();
        if (rest != 0) {
            report(
                    ViewOptions.SIDE,
                    EncoderOptions.STEM,
                    "a multiple of %d, since encoder.stem is %s"
                            .formatted(stem.patch(), stem.label()),
                    "try " + (side - rest + stem.patch()));
        }
    }

    private void warmup() {
        long steps = config.get(ScheduleOptions.STEPS);
        if (steps > 0 && config.get(ScheduleOptions.WARMUP_STEPS) >= steps) {
            report(
                    ScheduleOptions.WARMUP_STEPS,
                    ScheduleOptions.STEPS,
                    "fewer than schedule.steps (" + steps + ")",
                    "try " + steps / 10);
        }
    }

    private void ranges() {
        double crop = config.get(ViewOptions.CROP_SCALE_MAX);
        if (config.get(ViewOptions.CROP_SCALE_MIN) > crop) {
            report(
                    ViewOptions.CROP_SCALE_MIN,
                    ViewOptions.CROP_SCALE_MAX,
                    "at most views.crop-scale-max (" + crop + ")",
                    "try " + crop);
        }
        double sigma = config.get(ViewOptions.BLUR_SIGMA_MAX);
        if (config.get(ViewOptions.BLUR_SIGMA_MIN) > sigma) {
            report(
                    ViewOptions.BLUR_SIGMA_MIN,
                    ViewOptions.BLUR_SIGMA_MAX,
                    "at most views.blur.sigma-max (" + sigma + ")",
                    "try " + sigma);
        }
    }

    /** Settings that another setting leaves unread, unless a weaker source gave them. */
    private void idle() {
        for (IdleRule rule : IdleRule.ALL) {
            Entry entry = inForce.get(rule.option().key());
            if (rule.leavesUnread(config) && entry != null && entry.rank() >= rank(rule.ruler())) {
                report(
                        rule.option(),
                        rule.ruler(),
                        rule.ruler().key()
                                + ": "
                                + rule.readBy()
                                + ", without which it is not read",
                        "set that, or drop this");
            }
        }
    }

    private int rank(ConfigOption<?> option) {
        Entry entry = inForce.get(option.key());
        return entry == null ? 0 : entry.rank();
    }

    private void topics() {
        Set<String> seen = new HashSet<>();
        for (ConfigOption<String> option :
                List.of(
                        StreamOptions.IMAGES,
                        StreamOptions.METRICS,
                        StreamOptions.SNAPSHOTS,
                        StreamOptions.DEAD_LETTERS)) {
            if (!seen.add(config.get(option))) {
                report(option, option, "a topic of its own", "try " + option.defaultValue());
            }
        }
    }

    /** Stays silent where one of the two is wrong in itself: its default stands in for it. */
    private void report(
            ConfigOption<?> option, ConfigOption<?> other, String expected, String remedy) {
        if (alreadyWrong.contains(option.key()) || alreadyWrong.contains(other.key())) {
            return;
        }
        String value = Vocabulary.find(option.key()).orElseThrow().print(config);
        Entry entry = inForce.get(option.key());
        String origin = entry == null ? SettingsSources.DEFAULT : entry.origin();
        problems.add(new SettingsProblem(option.key(), value, origin, expected, remedy));
    }
}
