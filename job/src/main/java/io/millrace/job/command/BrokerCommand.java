package io.millrace.job.command;

import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.run.Interruption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The embedded broker as a process of its own, for as long as nobody stops it. */
@Command(
        name = "broker",
        description = {
            "Runs a single Kafka broker for this machine until it is stopped (Ctrl-C).",
            "The same directory and port give the same topics at the same address again, also after"
                    + " a crash."
        })
public final class BrokerCommand implements Callable<Integer> {

    private static final long NAP_MILLIS = 1000;

    @Mixin private OutputFlags outputFlags;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9092",
            description = "Port of 127.0.0.1; 0 for any that is free (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "One of Kafka's own broker settings, for example"
                            + " transaction.max.timeout.ms=900000. Repeatable.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65_535) {
            throw new CommandFailure(ExitCode.USAGE, "--port must be from 0 to 65535, got " + port);
        }
        Path data = outputFlags.directory("millrace-broker").resolve("broker");
        try (var interruption = Interruption.listen();
                var broker = start(data)) {
            var console = spec.commandLine().getOut();
            console.printf(
                    "broker at %s, its data in %s; Ctrl-C stops it%n", broker.bootstrap(), data);
            console.flush();
            while (!interruption.await(NAP_MILLIS)) {
                // Kafka's own threads do the work.
            }
        }
        return ExitCode.OK.code();
    }

    private EmbeddedBroker start(Path data) {
        try {
            return EmbeddedBroker.start(data, port, overrides);
        } catch (IllegalStateException e) {
            throw new CommandFailure(ExitCode.FAILURE, "" + e.getMessage(), e);
        }
    }
}
