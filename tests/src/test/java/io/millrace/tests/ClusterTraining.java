package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run over shuffled epochs on a cluster whose processes get killed under it. */
final class ClusterTraining implements AutoCloseable {

    /** Which process is killed. */
    enum Victim {
        TASK_MANAGER,
        JOB_MANAGER,
        BROKER
    }

    private static final int BATCH = 32;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Pattern SUBMITTED = Pattern.compile("submitted job ([0-9a-f]{32})");

    private final KillScene scene;
    private final Outputs outputs;
    private final String name;
    private final int epochs;
    private final StepWatch watch;
    private String job = "";

    ClusterTraining(KillScene scene, Outputs outputs, String name, int epochs)
            throws IOException, InterruptedException {
        this.scene = scene;
        this.outputs = outputs;
        this.name = name;
        this.epochs = epochs;
        this.watch = new StepWatch(scene.broker().bootstrap(), metricsTopic());
        submit();
    }

    long steps() {
        return (long) KillScene.IMAGES * epochs / BATCH;
    }

    /** Waits until the step has been taken, committed or not. */
    void awaitStep(long step) throws IOException {
        watch.awaitStep(step);
    }

    /**
     * Kills a process and does what its supervisor would do.
     *
     * @return from the signal until a step that was taken since could be read
     */
    Duration kill(Victim victim) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        switch (victim) {
            case TASK_MANAGER -> scene.cluster().killWorkingTaskManager();
            case JOB_MANAGER -> {
                scene.cluster().killJobManager();
                scene.cluster().startMissing();
                submit();
            }
            case BROKER -> {
                scene.broker().kill();
                scene.broker().restart();
            }
        }
        // While JobManager or broker were away, steps of before may still have been taken.
        watch.awaitStepAfter(System.currentTimeMillis());
        Duration recovery = Duration.ofNanos(System.nanoTime() - begin);
        if (victim == Victim.TASK_MANAGER) {
            scene.cluster().startMissing();
        }
        return recovery;
    }

    /** Whether it has come to its end. */
    boolean isOver() throws IOException, InterruptedException {
        return scene.cluster().state(job).equals("FINISHED");
    }

    /** Waits for its end; returns what came of it. */
    RunEnd awaitEnd() throws IOException {
        await().atMost(PATIENCE).until(this::isOver);
        return RunEnd.of(outputs);
    }

    /** The lines that readers of committed records see in its metrics topic. */
    List<String> committedMetrics() {
        return TopicContents.lines(scene.broker().bootstrap(), metricsTopic());
    }

    Outputs outputs() {
        return outputs;
    }

    /** Hands it to the cluster, to go on where it stopped if it has begun. */
    String submit() throws IOException, InterruptedException {
        var outcome = scene.cluster().submit(words());
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        Matcher matcher = SUBMITTED.matcher(outcome.output());
        if (matcher.find()) {
            job = matcher.group(1);
        }
        return outcome.output();
    }

    private String metricsTopic() {
        return name + "-metrics";
    }

    private List<String> words() {
        List<String> words =
                new ArrayList<>(List.of("--resume", "--out", outputs.root().toString()));
        words.addAll(Invocation.SMALL);
        words.addAll(
                List.of(
                        "-Dkafka.bootstrap=" + scene.broker().bootstrap(),
                        "-Dkafka.topic.metrics=" + metricsTopic(),
                        "-Dkafka.topic.snapshots=" + name + "-snapshots",
                        "-Dsource.mode=replay",
                        "-Dsource.epochs=" + epochs,
                        // Several windows in an epoch, so that a kill is in the middle of one.
                        "-Dsource.shuffle.block=16",
                        "-Dsource.shuffle.window=4",
                        "-Dparallelism.augment=1",
                        "-Dschedule.kind=cosine",
                        "-Dmetrics.every-steps=1",
                        "-Dcheckpoint.interval=500ms"));
        return words;
    }

    @Override
    public void close() {
        watch.close();
    }
}
