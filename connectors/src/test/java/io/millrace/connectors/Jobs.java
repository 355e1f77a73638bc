package io.millrace.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.model.stream.Frame;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;

/** Small jobs for the tests. */
public final class Jobs {

    private Jobs() {}

    /** A cluster of two slots. */
    public static MiniClusterExtension cluster() {
        return new MiniClusterExtension(
                new MiniClusterResourceConfiguration.Builder()
                        .setNumberTaskManagers(1)
                        .setNumberSlotsPerTaskManager(2)
                        .build());
    }

    /** A job of parallelism 1, a checkpoint every 100 ms, restarted twice. */
    public static StreamExecutionEnvironment environment(Map<String, String> settings) {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
        settings.forEach(configuration::setString);
        var environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        return environment;
    }

    /** {@code EPOCH/BYTES} of a frame. */
    public static String text(Frame frame) {
        return frame.position().epoch() + "/" + new String(frame.bytes(), UTF_8);
    }

    /**
     * Passes elements on, at most one a millisecond, and fails once, when the first checkpoint is
     * complete and elements have been seen.
     */
    public static final class FailOnce extends RichMapFunction<String, String>
            implements CheckpointListener {

        private static final long serialVersionUID = 1L;
        private static final AtomicBoolean FAILED = new AtomicBoolean();

        private transient int seen;

        /** Lets the next job fail. */
        public static void arm() {
            FAILED.set(false);
        }

        /** Whether it has. */
        public static boolean hasFailed() {
            return FAILED.get();
        }

        @Override
        public String map(String value) {
            seen++;
            // Paced, so that checkpoints fall between elements; nothing waits for the time.
            LockSupport.parkNanos(1_000_000);
            return value;
        }

        @Override
        public void notifyCheckpointComplete(long checkpoint) {
            if (seen > 50 && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("failing once, as this test wants");
            }
        }
    }
}
