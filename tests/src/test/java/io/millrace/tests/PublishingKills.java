package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.broker.EmbeddedBroker;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Kills a program that publishes snapshots, again and again, while somebody reads {@code latest}.
 * Afterwards every snapshot must have been announced once.
 */
final class PublishingKills {

    private static final int LONGEST_LIFE_MILLIS = 500;

    /**
     * What was seen.
     *
     * @param kills of the publishing process
     * @param snapshots published and announced once each
     * @param looks snapshots that the reader of latest found, all whole and announced
     * @param seconds from the first start to the end
     */
    record Outcome(int kills, long snapshots, long looks, double seconds) {}

    private final Path out;
    private final Path output;
    private final Random random;

    /** A bench in a new directory. */
    PublishingKills(Path directory, long seed) throws IOException {
        out = Files.createDirectories(directory.resolve("run"));
        output = directory.resolve("child.out");
        random = new Random(seed);
    }

    /** Kills so many times, and then lets the program come to its end. */
    Outcome run(int kills) throws Exception {
        long began = System.nanoTime();
        try (var broker = EmbeddedBroker.start(out.resolveSibling("broker"))) {
            try (var topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
                topics.ensure(PublishingChild.TOPIC, 1, Map.of());
            }
            var stop = new AtomicBoolean();
            CompletableFuture<Long> reader =
                    CompletableFuture.supplyAsync(() -> read(broker.bootstrap(), stop));
            try {
                for (int kill = 0; kill < kills; kill++) {
                    startAndKill(broker.bootstrap());
                    if (reader.isDone()) {
                        break; // it has found something
                    }
                    verify();
                }
                Files.createFile(out.resolve(PublishingChild.END));
                Process last = start(broker.bootstrap());
                assertThat(last.waitFor(1, TimeUnit.MINUTES)).as(printed()).isTrue();
                assertThat(last.exitValue()).as(printed()).isZero();
            } finally {
                stop.set(true);
            }
            verify();
            long looks = await(reader);
            long snapshots = requireEachAnnouncedOnce(broker.bootstrap());
            return new Outcome(kills, snapshots, looks, (System.nanoTime() - began) / 1e9);
        }
    }

    private static long await(CompletableFuture<Long> reader) throws Exception {
        try {
            return reader.get(1, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw new AssertionError("the reader of latest: " + e.getCause(), e.getCause());
        }
    }

    private long read(String bootstrap, AtomicBoolean stop) {
        Path learner = out.resolve("snapshots").resolve(PublishingChild.LEARNER);
        try (var reader = new LatestReader(learner, bootstrap, PublishingChild.TOPIC)) {
            while (!stop.get()) {
                reader.look();
            }
            reader.look();
            return reader.looks();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** At a random moment, mostly while it publishes, sometimes before it has begun to. */
    private void startAndKill(String bootstrap) throws Exception {
        boolean early = random.nextInt(4) == 0;
        int life = random.nextInt(LONGEST_LIFE_MILLIS);
        Process child = start(bootstrap);
        try {
            if (!early) {
                awaitPublished(child);
            }
            child.waitFor(life, TimeUnit.MILLISECONDS);
            assertThat(child.isAlive()).as(printed()).isTrue();
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private void awaitPublished(Process child) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!printed().contains("published")) {
            assertThat(child.isAlive() && System.nanoTime() < deadline).as(printed()).isTrue();
            child.waitFor(5, TimeUnit.MILLISECONDS);
        }
    }

    private Process start(String bootstrap) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(PublishingChild.class.getName());
        command.addAll(List.of(bootstrap, out.toString(), "" + random.nextLong()));
        Files.deleteIfExists(output);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(new File("/dev/null"))
                .start();
    }

    private String printed() throws IOException {
        return Files.exists(output) ? Files.readString(output) : "";
    }

    /** All published snapshots must be whole, whenever the kill came. */
    private void verify() throws IOException {
        Path learner = out.resolve("snapshots").resolve(PublishingChild.LEARNER);
        if (Files.exists(learner.resolve("latest"))) {
            Invocation verification = Invocation.of("snapshots", "verify", learner.toString());
            assertThat(verification.exitCode()).as(verification.err()).isZero();
        }
    }

    private static long requireEachAnnouncedOnce(String bootstrap) throws IOException {
        List<String> found = new ArrayList<>();
        for (var record : TopicContents.committed(bootstrap, PublishingChild.TOPIC)) {
            JsonNode json = Outputs.json(TopicContents.value(record));
            found.add(json.path("step").asLong() + " " + json.path("completed").asBoolean());
        }
        // The last step had been published when the input ended, which is announced as well.
        long steps = found.size() - 1L;
        List<String> expected = new ArrayList<>();
        for (long step = 1; step <= steps; step++) {
            expected.add(step + " false");
        }
        expected.add(steps + " true");
        assertThat(found).isEqualTo(expected);
        return steps;
    }
}
