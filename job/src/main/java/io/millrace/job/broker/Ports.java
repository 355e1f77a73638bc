package io.millrace.job.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Two ports of the loopback interface that were free a moment ago. */
record Ports(int broker, int controller) {

    /**
     * Takes a free one for the controller.
     *
     * @param broker the broker's; 0 for any that is free
     * @throws IllegalStateException if somebody has it
     */
    static Ports of(int broker) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (var first = new ServerSocket(broker, 1, loopback);
                var second = new ServerSocket(0, 1, loopback)) {
            return new Ports(first.getLocalPort(), second.getLocalPort());
        } catch (BindException e) {
            throw new IllegalStateException(
                    "port " + broker + " of " + loopback.getHostAddress() + " is in use", e);
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on " + loopback, e);
        }
    }
}
