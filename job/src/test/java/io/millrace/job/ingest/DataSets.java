package io.millrace.job.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Large files that are no part of the repository; a test that asks for absent ones is skipped. */
final class DataSets {

    private static final String PROPERTY = "millrace.data";

    private DataSets() {}

    /** A file of the folder that {@code -Dmillrace.data} names, or else of the shared one. */
    static Path file(String name) {
        Path file = folder().resolve(name);
        assumeTrue(
                Files.isRegularFile(file),
                () -> file.toAbsolutePath() + " is absent; give its folder by -D" + PROPERTY);
        return file;
    }

    /** What the property names is relative to where Maven was started, and must be there. */
    private static Path folder() {
        String value = System.getProperty(PROPERTY);
        if (value == null) {
            return Path.of("../../shared/data");
        }
        Path folder = Path.of(System.getProperty("millrace.root", "")).resolve(value);
        assertThat(folder)
                .as("-D%s=%s: expected a folder, but there is none at %s", PROPERTY, value, folder)
                .isDirectory();
        return folder;
    }
}
