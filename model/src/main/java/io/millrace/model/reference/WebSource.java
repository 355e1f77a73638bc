package io.millrace.model.reference;

import io.millrace.model.image.Decoding.Reason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Web servers, asked with one deadline for the whole answer; redirects are not followed. */
final class WebSource {

    private static final int OK = 200;

    private final Duration timeout;
    private @Nullable HttpClient client;

    WebSource(Duration timeout) {
        this.timeout = timeout;
    }

    byte[] read(ImageReference reference) throws UnresolvedException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(reference.uri()).timeout(timeout).build();
        // The request's own time-out ends with the headers; a body may come forever.
        CompletableFuture<HttpResponse<byte[]>> answer =
                client().sendAsync(request, info -> body(info, (int) reference.length()));
        try {
            HttpResponse<byte[]> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            requireOk(reference, response);
            if (response.body().length != reference.length()) {
                throw References.otherLength(reference, response.body().length + "");
            }
            return response.body();
        } catch (TimeoutException e) {
            throw late(reference);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HttpTimeoutException) {
                throw late(reference); // the request's own time-out, which ends at the same time
            }
            if (e.getCause() instanceof BoundedBody.OverflowException) {
                throw References.otherLength(reference, "more");
            }
            if (e.getCause() instanceof IOException) {
                throw UnresolvedException.passing(
                        "cannot read " + reference.uri() + ": " + e.getCause());
            }
            throw new IllegalStateException("cannot read " + reference.uri(), e.getCause());
        } finally {
            // Closes the connection where the answer is not complete.
            answer.cancel(true);
        }
    }

    private UnresolvedException late(ImageReference reference) {
        return UnresolvedException.passing(
                reference.uri() + " did not answer in full within " + timeout.toMillis() + " ms");
    }

    private static void requireOk(ImageReference reference, HttpResponse<byte[]> response)
            throws UnresolvedException {
        int status = response.statusCode();
        if (status == OK) {
            return;
        }
        String detail = "expected status 200 of " + reference.uri() + ", got " + status;
        if (status >= 500 || status == 408 || status == 429) {
            throw UnresolvedException.passing(detail);
        }
        if (status == 404 || status == 410) {
            throw new UnresolvedException(Reason.REFERENCE_MISSING, detail);
        }
        boolean redirect = status >= 300 && status < 400;
        throw new UnresolvedException(
                Reason.REFERENCE_REFUSED,
                redirect ? detail + "; redirects are not followed" : detail);
    }

    private static BodySubscriber<byte[]> body(ResponseInfo info, int length) {
        return info.statusCode() == OK
                ? new BoundedBody(length)
                : BodySubscribers.replacing(new byte[0]);
    }

    private HttpClient client() {
        if (client == null) {
            client =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .connectTimeout(timeout)
                            .build();
        }
        return client;
    }
}
