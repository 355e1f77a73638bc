package io.millrace.job.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/** What jobs left in the cluster's folders of checkpoints and savepoints, on any file system. */
final class CheckpointFolders {

    /** Flink writes it last: without it, a checkpoint is not complete. */
    private static final String METADATA = "_metadata";

    private static final String CHECKPOINT = "chk-";

    /** Digits of a job's id in the name of its savepoints. */
    private static final int ID_IN_NAME = 6;

    private CheckpointFolders() {}

    /** The newest complete checkpoint of the job, or savepoint if that is newer. */
    static Optional<String> newest(SubmittedJobs.SubmittedJob job) {
        List<FileStatus> complete = new ArrayList<>();
        if (job.checkpoints() != null) {
            addComplete(new Path(job.checkpoints(), job.job()), CHECKPOINT, complete);
        }
        if (job.savepoints() != null) {
            String prefix = "savepoint-" + job.job().substring(0, ID_IN_NAME) + "-";
            addComplete(new Path(job.savepoints()), prefix, complete);
        }
        return complete.stream()
                .max(Comparator.comparingLong(FileStatus::getModificationTime))
                .map(metadata -> metadata.getPath().getParent().toString());
    }

    /** Whether Flink made it on its own, and deletes it when it is done with it. */
    static boolean isCheckpoint(String path) {
        return new Path(path).getName().startsWith(CHECKPOINT);
    }

    static boolean isThere(String path) {
        return metadata(new Path(path)) != null;
    }

    private static void addComplete(Path folder, String prefix, List<FileStatus> complete) {
        FileStatus[] entries;
        try {
            entries = folder.getFileSystem().listStatus(folder);
        } catch (FileNotFoundException none) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for checkpoints in " + folder, e);
        }
        if (entries != null) {
            for (FileStatus entry : entries) {
                FileStatus metadata =
                        entry.getPath().getName().startsWith(prefix)
                                ? metadata(entry.getPath())
                                : null;
                if (metadata != null) {
                    complete.add(metadata);
                }
            }
        }
    }

    private static @Nullable FileStatus metadata(Path checkpoint) {
        try {
            return checkpoint.getFileSystem().getFileStatus(new Path(checkpoint, METADATA));
        } catch (FileNotFoundException incomplete) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + checkpoint, e);
        }
    }
}
