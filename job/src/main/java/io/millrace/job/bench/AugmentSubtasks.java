package io.millrace.job.bench;

import io.millrace.connectors.replay.ReplaySource;
import io.millrace.job.PretrainingJob;
import io.millrace.job.run.LocalCluster;
import io.millrace.job.settings.Settings;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.ViewPair;
import io.millrace.operators.AugmentFunction;
import io.millrace.operators.Sequencer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The job's front half at some parallelism: replay, sequence, augmentation; views are discarded.
 * One cluster serves every measurement: each new one loads its messaging's classes anew, and
 * compiling them takes cores from the subtasks.
 */
final class AugmentSubtasks implements AutoCloseable {

    private static final String TIMES = "times";

    /** Pairs of one subtask from one time that is kept to the next. */
    private static final int STRIDE = 10;

    /** Pairs of all subtasks. */
    private static final int WINDOW = 1000;

    private final Settings settings;
    private final ReplaySource source;
    private final MiniCluster cluster;

    /** Starts a cluster for up to so many subtasks. */
    AugmentSubtasks(Settings settings, ReplaySource source, int slots) throws Exception {
        this.settings = settings;
        this.source = source;
        Configuration configuration =
                LocalCluster.buffers(slots)
                        .set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8))
                        .set(RestOptions.BIND_PORT, "0")
                        .set(RestOptions.BIND_ADDRESS, "127.0.0.1")
                        .set(RestOptions.ADDRESS, "127.0.0.1");
        cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(slots)
                                .build());
        cluster.start();
    }

    /** Returns images/s of the job with so many subtasks. */
    WindowedRate imagesPerSecond(int subtasks) throws Exception {
        JobExecutionResult result = cluster.executeJobBlocking(graph(subtasks));
        List<Long> times = new ArrayList<>(result.<List<Long>>getAccumulatorResult(TIMES));
        Collections.sort(times);
        return WindowedRate.of(times, STRIDE, WINDOW);
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }

    private JobGraph graph(int subtasks) {
        Configuration configuration = PretrainingJob.passing(settings);
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        var environment = new StreamExecutionEnvironment(configuration);
        environment.setParallelism(subtasks);
        environment
                .fromSource(
                        source,
                        WatermarkStrategy.noWatermarks(),
                        "images",
                        TypeInformation.of(Frame.class))
                .setParallelism(1)
                .process(new Sequencer(List.of(Frame.DEFAULT_LEARNER)))
                .setParallelism(1)
                .rebalance()
                .process(
                        new AugmentFunction(
                                settings.views(),
                                settings.images(),
                                settings.source().references(),
                                settings.learning().seed(),
                                settings.source().rejectionLimit()))
                .filter(new Watch())
                .sinkTo(new DiscardingSink<>());
        return environment.getStreamGraph().getJobGraph();
    }

    /** Keeps the time of every tenth pair; lets all of them through. */
    private static final class Watch extends RichFilterFunction<ViewPair> {

        private static final long serialVersionUID = 1L;

        private final ListAccumulator<Long> reported = new ListAccumulator<>();
        private final List<Long> times = new ArrayList<>();
        private long pairs;

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(TIMES, reported);
        }

        @Override
        public boolean filter(ViewPair pair) {
            if (!pair.isTombstone() && ++pairs % STRIDE == 0) {
                times.add(System.nanoTime());
            }
            return true;
        }

        /** Not before: Flink reads accumulators from another thread while the job runs. */
        @Override
        public void close() {
            times.forEach(reported::add);
        }
    }
}
