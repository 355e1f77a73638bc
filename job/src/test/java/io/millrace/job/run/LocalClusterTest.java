package io.millrace.job.run;

import static org.apache.flink.configuration.TaskManagerOptions.BUFFER_DEBLOAT_ENABLED;
import static org.apache.flink.configuration.TaskManagerOptions.MEMORY_SEGMENT_SIZE;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.Test;

class LocalClusterTest {

    @Test
    void buffers_ofOneProcess_areThoseOfTheDeployedCluster() {
        var buffers = LocalCluster.buffers();

        var cluster = GlobalConfiguration.loadConfiguration("../deploy/conf");

        assertThat(cluster.get(MEMORY_SEGMENT_SIZE)).isEqualTo(buffers.get(MEMORY_SEGMENT_SIZE));
        assertThat(cluster.get(BUFFER_DEBLOAT_ENABLED))
                .isEqualTo(buffers.get(BUFFER_DEBLOAT_ENABLED));
    }
}
