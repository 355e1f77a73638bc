package io.millrace.job.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTreeTest {

    private static final int DIRECTORIES = 20;
    private static final int FILES = 20;

    @TempDir private Path directory;

    @Test
    void delete_doesNothing_whenThereIsNothing() {
        Path none = directory.resolve("none");

        DirectoryTree.delete(none);

        assertThat(none).doesNotExist();
    }

    @RepeatedTest(10)
    void delete_succeeds_whenSomebodyElseDeletesToo() throws Exception {
        Path tree = tree();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        var start = new CyclicBarrier(2);
        Callable<Boolean> deletion =
                () -> {
                    start.await();
                    DirectoryTree.delete(tree);
                    return true;
                };

        List<Future<Boolean>> both = threads.invokeAll(List.of(deletion, deletion));

        for (Future<Boolean> one : both) {
            assertThat(one.get()).isTrue();
        }
        assertThat(tree).doesNotExist();
        threads.shutdown();
    }

    private Path tree() throws IOException {
        Path tree = directory.resolve("tree");
        for (int i = 0; i < DIRECTORIES; i++) {
            Path folder = Files.createDirectories(tree.resolve("chk-" + i).resolve("shared"));
            for (int j = 0; j < FILES; j++) {
                Files.writeString(folder.resolve("file-" + j), "x");
            }
        }
        return tree;
    }
}
