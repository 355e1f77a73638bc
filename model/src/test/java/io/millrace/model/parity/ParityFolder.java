package io.millrace.model.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The folders of the reference implementations' outputs: the one that {@code -Dmillrace.parity}
 * names, or else the shared one where it is present; and always the small one of the repository.
 */
public final class ParityFolder {

    /** Folder of fixtures; relative to where Maven was started. */
    public static final String PROPERTY = "millrace.parity";

    private static final Path SHARED = Path.of("../../shared/parity");
    private static final Path OWN = Path.of("src/test/resources/parity");

    private ParityFolder() {}

    /** Every safetensors file whose name starts like this, as a test's only argument. */
    public static Stream<Arguments> fixtures(String prefix) {
        var files = new TreeSet<Path>();
        outside().ifPresent(folder -> files.addAll(list(folder, isFixture(prefix))));
        files.addAll(list(OWN, isFixture(prefix)));
        return files.stream().map(ParityFolder::argument);
    }

    private static Arguments argument(Path file) {
        Path folder = file.getName(file.getNameCount() - 2);
        return Arguments.argumentSet(folder.resolve(file.getFileName()).toString(), file);
    }

    /** The file of that name, if the folder that is not the repository's has it. */
    public static Optional<Path> find(String name) {
        return outside().map(folder -> folder.resolve(name)).filter(Files::isRegularFile);
    }

    /** The named folder, which must have something to compare with, or else the shared one. */
    private static Optional<Path> outside() {
        String value = System.getProperty(PROPERTY);
        if (value == null) {
            return Optional.of(SHARED).filter(Files::isDirectory);
        }
        Path named = named(PROPERTY, value);
        if (list(named, ParityFolder::isKnown).isEmpty()) {
            fail(
                    "-D%s=%s: expected encoder-*.safetensors, moco-*.safetensors or views.csv in"
                            + " %s, which holds none of them",
                    PROPERTY, value, named);
        }
        return Optional.of(named);
    }

    /** The path that a property gives, relative to where Maven was started. */
    public static Path path(String property, String value) {
        assertThat(value).as("-D%s: expected a path, got nothing", property).isNotBlank();
        return Path.of(System.getProperty("millrace.root", "")).resolve(value);
    }

    /** The same of a folder, which must be there. */
    public static Path named(String property, String value) {
        Path folder = path(property, value);
        assertThat(folder)
                .as("-D%s=%s: expected a folder, but there is none at %s", property, value, folder)
                .isDirectory();
        return folder;
    }

    private static boolean isKnown(Path file) {
        return isFixture("encoder-").test(file)
                || isFixture("moco-").test(file)
                || file.endsWith("views.csv");
    }

    private static Predicate<Path> isFixture(String prefix) {
        return file -> {
            String name = file.getFileName().toString();
            return name.startsWith(prefix) && name.endsWith(".safetensors");
        };
    }

    private static List<Path> list(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> files = Files.list(folder.toRealPath())) {
            return files.filter(wanted).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
