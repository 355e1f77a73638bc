package io.millrace.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint's tensors, hundreds of megabytes of them, stay outside the heap. */
class CheckpointHeapTest {

    @Test
    void checkpoint_takesLittleHeap_whateverTheEncodersSize(@TempDir Path directory)
            throws Exception {
        try (var run =
                new CheckpointRun(
                        CheckpointBenchmark.settings("middling", 64),
                        new HashMapStateBackend(),
                        directory)) {
            run.open();
            run.step(1);
            run.checkpoint(); // what is allocated once, such as classes
            run.step(1);

            CheckpointRun.Cost cost = run.checkpoint();

            assertThat(run.bytes()).isGreaterThan(50 << 20);
            assertThat(cost.heapBytes()).isLessThan(10 << 20);
        }
    }
}
