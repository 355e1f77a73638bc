package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.job.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Kills of {@code train}, which holds broker, cluster and trainer in one process, each followed by
 * the same command.
 */
record TrainSeries(Path directory, Path pictures, int images) implements KillSeries {

    private static final int EPOCHS = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    static TrainSeries in(Path directory, int images) throws Exception {
        Path pictures = directory.resolve("pictures");
        Pictures.write(pictures, images);
        return new TrainSeries(directory, pictures, images);
    }

    @Override
    public String victim() {
        return "`train`, with broker and cluster in its process";
    }

    @Override
    public int killsInARun() {
        return 5;
    }

    @Override
    public String undisturbed() throws Exception {
        return run("train-undisturbed", 0, new Random(0), recovery -> {});
    }

    @Override
    public String run(String name, int kills, Random random, Consumer<Duration> killed)
            throws Exception {
        var outputs = new Outputs(directory.resolve(name));
        Child child = start(outputs);
        try {
            for (var moment : KillMoment.spread(random, (long) images * EPOCHS / 32, kills)) {
                awaitStep(child, moment.step());
                Thread.sleep(moment.delayMillis());
                long begin = System.nanoTime();
                child.kill();
                child = start(outputs);
                awaitStep(child, 1);
                killed.accept(Duration.ofNanos(System.nanoTime() - begin));
            }
            assertThat(child.await()).as(child.output()).isZero();
        } finally {
            child.close();
        }
        RunEnd end = RunEnd.of(outputs);
        try (var broker = EmbeddedBroker.start(outputs.root().resolve("broker"))) {
            end.requireSameLines(TopicContents.lines(broker.bootstrap(), "millrace-metrics"));
        }
        return end.sha256();
    }

    private Child start(Outputs outputs) throws Exception {
        return Child.start(
                directory,
                Invocation.train(
                        pictures,
                        EPOCHS,
                        outputs.root(),
                        "-Dcheckpoint.interval=500ms",
                        "-Dmetrics.every-steps=1"));
    }

    private static void awaitStep(Child child, long step) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> child.step() >= step);
    }
}
