package io.millrace.job.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Two ports of the loopback interface that were free a moment ago. */
record Ports(int broker, int controller) {

    static Ports free() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (var first = new ServerSocket(0, 1, loopback);
                var second = new ServerSocket(0, 1, loopback)) {
            return new Ports(first.getLocalPort(), second.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on " + loopback, e);
        }
    }
}
