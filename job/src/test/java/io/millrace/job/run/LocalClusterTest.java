package io.millrace.job.run;

import static org.apache.flink.configuration.TaskManagerOptions.BUFFER_DEBLOAT_ENABLED;
import static org.apache.flink.configuration.TaskManagerOptions.MEMORY_SEGMENT_SIZE;
import static org.apache.flink.configuration.TaskManagerOptions.NETWORK_MEMORY_MAX;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalClusterTest {

    @Test
    void buffers_ofOneProcess_areThoseOfTheDeployedCluster() {
        var buffers = LocalCluster.buffers(1);

        var cluster = GlobalConfiguration.loadConfiguration("../deploy/conf");

        assertThat(cluster.get(MEMORY_SEGMENT_SIZE)).isEqualTo(buffers.get(MEMORY_SEGMENT_SIZE));
        assertThat(cluster.get(BUFFER_DEBLOAT_ENABLED))
                .isEqualTo(buffers.get(BUFFER_DEBLOAT_ENABLED));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 39, 40, 128})
    void buffers_areEnoughForTheGraph(int augmenters) {
        var configuration = LocalCluster.buffers(augmenters);

        long buffers =
                configuration.get(NETWORK_MEMORY_MAX).getBytes()
                        / configuration.get(MEMORY_SEGMENT_SIZE).getBytes();

        // Counted from Flink's least for the graph of one reader and two sinks of metrics.
        assertThat(buffers).isGreaterThanOrEqualTo(6L * augmenters + 21);
    }
}
