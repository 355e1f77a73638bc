package io.millrace.job.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.utils.Signals;

/**
 * A person's or a supervisor's wish to stop (SIGINT, SIGTERM), as an event instead of the JVM's
 * shutdown, whose hooks would take the cluster down while it writes its last checkpoint.
 */
public final class Interruption implements AutoCloseable {

    /** What a shell reports of a process that SIGINT ended. */
    private static final int INTERRUPTED = 130;

    private static final List<String> SIGNALS = List.of("INT", "TERM");

    private final CountDownLatch wanted = new CountDownLatch(1);
    private final Map<String, Object> before = new HashMap<>();

    private Interruption() {}

    /** Takes the signals over until it is closed; a second one ends the process at once. */
    public static Interruption listen() {
        var interruption = new Interruption();
        for (String signal : SIGNALS) {
            interruption.before.put(signal, Signals.register(signal, interruption::onSignal));
        }
        return interruption;
    }

    @Override
    public void close() {
        before.forEach(Signals::unregister);
    }

    private void onSignal() {
        if (wanted.getCount() == 0) {
            Runtime.getRuntime().halt(INTERRUPTED);
        }
        wanted.countDown();
    }

    /** Waits at most so long; returns whether a stop is wanted. */
    public boolean await(long millis) throws InterruptedException {
        return wanted.await(millis, TimeUnit.MILLISECONDS);
    }
}
