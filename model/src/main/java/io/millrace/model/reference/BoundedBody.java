package io.millrace.model.reference;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects an answer of so many bytes, and hangs up when more come. */
final class BoundedBody implements BodySubscriber<byte[]> {

    /** More bytes than there should be. */
    static final class OverflowException extends IOException {

        private static final long serialVersionUID = 1L;

        private OverflowException(int length) {
            super("more than " + length + " bytes");
        }
    }

    /** What is allocated before anything has come. */
    private static final int FIRST = 64 << 10;

    private final int length;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private byte[] bytes;
    private int count;
    private Flow.@Nullable Subscription subscription;

    BoundedBody(int length) {
        this.length = length;
        bytes = new byte[Math.min(length, FIRST)];
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        for (ByteBuffer piece : pieces) {
            int more = piece.remaining();
            if (more > length - count) {
                if (subscription != null) {
                    subscription.cancel();
                }
                whole.completeExceptionally(new OverflowException(length));
                return;
            }
            if (count + more > bytes.length) {
                long twice = Math.max(2L * bytes.length, count + more);
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, twice));
            }
            piece.get(bytes, count, more);
            count += more;
        }
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        whole.complete(count == bytes.length ? bytes : Arrays.copyOf(bytes, count));
    }
}
