package io.millrace.connectors;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;

/** A commit request as Flink makes it, which here must not fail. */
public record Committed<T>(T committable) implements CommitRequest<T> {

    /** A request for each. */
    public static <T> Collection<CommitRequest<T>> all(Collection<T> committables) {
        List<CommitRequest<T>> requests = new ArrayList<>();
        committables.forEach(committable -> requests.add(new Committed<>(committable)));
        return requests;
    }

    @Override
    public T getCommittable() {
        return committable;
    }

    @Override
    public int getNumberOfRetries() {
        return 0;
    }

    @Override
    public void signalFailedWithKnownReason(Throwable reason) {
        throw new AssertionError(reason);
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable reason) {
        throw new AssertionError(reason);
    }

    @Override
    public void retryLater() {
        throw new AssertionError("retried " + committable);
    }

    @Override
    public void updateAndRetryLater(T updated) {
        throw new AssertionError("retried " + updated);
    }

    @Override
    public void signalAlreadyCommitted() {}
}
