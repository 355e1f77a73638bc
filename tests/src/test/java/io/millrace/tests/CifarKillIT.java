package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three epochs of CIFAR-10's first archive, killed within them. */
@Tag("kill")
class CifarKillIT {

    private static final String ARCHIVE = "cifar10-jpeg-data_batch_1.tar.gz";
    private static final int EPOCHS = 3;
    private static final long STEPS = EPOCHS * 10_000L / 32;

    @TempDir private Path directory;

    @Test
    void train_endsWithTheSameBits_whenItIsKilledInTheMiddleOfEpochs() throws Exception {
        Path root = Path.of(System.getProperty("millrace.root", ".."));
        Path data = root.resolve(System.getProperty("millrace.data", "../shared/data"));
        Path archive = data.resolve(ARCHIVE);
        assumeTrue(Files.isRegularFile(archive), ARCHIVE + " is absent; -Dmillrace.data=FOLDER");
        var undisturbed = new Outputs(directory.resolve("undisturbed"));
        trainToTheEnd(archive, undisturbed);

        var killed = new Outputs(directory.resolve("killed"));
        for (long before : List.of(0L, STEPS / EPOCHS)) {
            try (Child child = Child.start(directory, words(archive, killed))) {
                await().atMost(Duration.ofMinutes(2))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> savedStep(killed, child) > before);
                child.kill();
            }
            assertThat(killed.manifest().path("step").asLong()).isLessThan(STEPS);
        }
        assertThat(trainToTheEnd(archive, killed)).contains("resuming from");

        assertThat(killed.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
        assertThat(RunEnd.of(killed)).isEqualTo(RunEnd.of(undisturbed));
    }

    private static long savedStep(Outputs outputs, Child child) throws Exception {
        child.requireAlive();
        return Files.exists(outputs.latest()) ? outputs.manifest().path("step").asLong() : 0;
    }

    private String trainToTheEnd(Path archive, Outputs outputs) throws Exception {
        try (Child child = Child.start(directory, words(archive, outputs))) {
            assertThat(child.await()).as(child.output()).isZero();
            assertThat(outputs.summary().path("steps").asLong()).isEqualTo(STEPS);
            return child.output();
        }
    }

    private static List<String> words(Path archive, Outputs outputs) {
        return Invocation.train(archive, EPOCHS, outputs.root(), "-Dcheckpoint.interval=1 s");
    }
}
