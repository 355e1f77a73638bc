package io.millrace.job.run;

import io.millrace.job.command.CommandFailure;
import io.millrace.job.command.ExitCode;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.client.deployment.ClusterClientFactory;
import org.apache.flink.client.deployment.DefaultClusterClientServiceLoader;
import org.apache.flink.client.program.ClusterClient;
import org.apache.flink.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs on the cluster that a job is about to be submitted to. */
public final class RunningJobs {

    private static final Logger LOG = LoggerFactory.getLogger(RunningJobs.class);

    private static final long PATIENCE_SECONDS = 60;

    private RunningJobs() {}

    /**
     * Two jobs must not write to one directory.
     *
     * @param ids of jobs that may have run
     * @throws CommandFailure if one of them runs still
     */
    public static void requireNone(Set<String> ids, Configuration cluster) throws Exception {
        if (ids.isEmpty()) {
            return;
        }
        Optional<String> running;
        try {
            running = running(new DefaultClusterClientServiceLoader(), cluster, ids);
        } catch (IllegalStateException e) {
            // In application mode, where the cluster is the job's own.
            LOG.info("No cluster to ask for running jobs.", e);
            return;
        }
        if (running.isPresent()) {
            throw new CommandFailure(
                    ExitCode.FAILURE,
                    "job %s writes to the same directory and still runs; cancel it first: flink cancel %s"
                            .formatted(running.get(), running.get()));
        }
    }

    private static Optional<String> running(
            DefaultClusterClientServiceLoader loader, Configuration cluster, Set<String> ids)
            throws Exception {
        return ask(loader.getClusterClientFactory(cluster), cluster, ids);
    }

    private static <T> Optional<String> ask(
            ClusterClientFactory<T> factory, Configuration cluster, Set<String> ids)
            throws Exception {
        T id = factory.getClusterId(cluster);
        if (id == null) {
            throw new IllegalStateException("the configuration names no cluster");
        }
        try (var descriptor = factory.createClusterDescriptor(cluster);
                ClusterClient<T> client = descriptor.retrieve(id).getClusterClient()) {
            return client.listJobs().get(PATIENCE_SECONDS, TimeUnit.SECONDS).stream()
                    .filter(job -> !job.getJobState().isGloballyTerminalState())
                    .map(job -> job.getJobId().toHexString())
                    .filter(ids::contains)
                    .findAny();
        }
    }
}
