package io.millrace.job.run;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that a run on a cluster has taken so far, the newest last; kept in {@code jobs.json}.
 */
record SubmittedJobs(List<SubmittedJob> jobs) {

    static final SubmittedJobs NONE = new SubmittedJobs(List.of());

    /**
     * One of them.
     *
     * @param job its id, 32 hexadecimal digits
     * @param checkpoints folder of the cluster in which the job has one by its id; null if the
     *     client was not told
     * @param savepoints where savepoints go; null if the client was not told
     * @param restored checkpoint that it went on from and deletes in its turn; null if there is
     *     none
     */
    record SubmittedJob(
            String job,
            @Nullable String checkpoints,
            @Nullable String savepoints,
            @Nullable String restored) {

        SubmittedJob {
            requireNonNull(job, "job");
        }

        SubmittedJob withoutSavepoints() {
            return new SubmittedJob(job, checkpoints, null, restored);
        }
    }

    SubmittedJobs {
        jobs = List.copyOf(jobs);
    }

    SubmittedJobs with(SubmittedJob next) {
        List<SubmittedJob> all = new ArrayList<>(jobs);
        all.add(next);
        return new SubmittedJobs(all);
    }

    Optional<SubmittedJob> last() {
        return jobs.isEmpty() ? Optional.empty() : Optional.of(jobs.get(jobs.size() - 1));
    }
}
