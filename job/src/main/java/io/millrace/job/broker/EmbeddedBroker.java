package io.millrace.job.broker;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * A single-node Kafka cluster in this process: broker and controller in one, reachable from this
 * machine only. Started again in the same directory it is the same cluster, with its topics and
 * offsets, on other ports unless one is asked for.
 */
public final class EmbeddedBroker implements AutoCloseable {

    /** Largest record it takes, bytes. */
    public static final int MAX_RECORD_BYTES = 64 << 20;

    private final KafkaRaftServer server;
    private final String bootstrap;
    private final String clusterId;
    private final DirectoryLock lock;
    private boolean closed;

    private EmbeddedBroker(
            KafkaRaftServer server, String bootstrap, String clusterId, DirectoryLock lock) {
        this.server = server;
        this.bootstrap = bootstrap;
        this.clusterId = clusterId;
        this.lock = lock;
    }

    /** Starts one in the directory, which it makes at the first start. */
    public static EmbeddedBroker start(Path directory) {
        return start(directory, Map.of());
    }

    /** Starts one on a port that is free, with Kafka's own broker settings. */
    public static EmbeddedBroker start(Path directory, Map<String, String> overrides) {
        return start(directory, 0, overrides);
    }

    /**
     * Starts one that already answers when this returns.
     *
     * @param directory of its data; one process at a time
     * @param port for clients; 0 for any that is free
     * @param overrides Kafka's own broker settings, stronger than the ones chosen here
     * @throws IllegalStateException if it does not come up, with the reason
     */
    public static EmbeddedBroker start(Path directory, int port, Map<String, String> overrides) {
        requireNonNull(directory, "directory");
        // Kafka ends the process when it finds its directory taken: find out before it does.
        DirectoryLock lock = DirectoryLock.take(directory, "embedded broker");
        try {
            Ports ports = Ports.of(port);
            Properties properties = BrokerProperties.singleNode(directory, ports);
            properties.putAll(overrides);
            String clusterId = format(directory, properties);
            var server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(server, "127.0.0.1:" + ports.broker(), clusterId, lock);
        } catch (KafkaException | UncheckedIOException | IllegalStateException e) {
            lock.close();
            throw new IllegalStateException(
                    "the embedded broker did not start in " + directory + ": " + e.getMessage(), e);
        }
    }

    /**
     * Deletes what a broker left in its directory.
     *
     * @throws IllegalStateException if one is running there
     */
    public static void discard(Path directory) {
        if (Files.exists(directory)) {
            DirectoryLock.take(directory, "embedded broker").close();
            DirectoryTree.delete(directory);
        }
    }

    /** Host and port for clients. */
    public String bootstrap() {
        return bootstrap;
    }

    /** The same at every start in one directory. */
    public String clusterId() {
        return clusterId;
    }

    /** Stops it in good order; its data stays. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            server.shutdown();
            server.awaitShutdown();
            lock.close();
        }
    }

    /** Formats the directory unless that was done before; returns the cluster's id. */
    private static String format(Path directory, Properties properties) {
        try {
            Path config = directory.resolve("server.properties");
            try (OutputStream out = Files.newOutputStream(config)) {
                properties.store(out, "written at each start");
            }
            Path meta = BrokerProperties.data(directory).resolve("meta.properties");
            if (!Files.exists(meta)) {
                format(config, Uuid.randomUuid());
            }
            Properties written = new Properties();
            try (InputStream in = Files.newInputStream(meta)) {
                written.load(in);
            }
            return written.getProperty("cluster.id");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + directory + " for a broker", e);
        }
    }

    private static void format(Path config, Uuid clusterId) {
        var output = new ByteArrayOutputStream();
        String[] command = {
            "format", "--cluster-id", clusterId.toString(), "--config", config.toString()
        };
        int code =
                StorageTool.execute(command, new PrintStream(output, true, StandardCharsets.UTF_8));
        if (code != 0) {
            throw new IllegalStateException(
                    "formatting the broker's directory failed with code "
                            + code
                            + ": "
                            + output.toString(StandardCharsets.UTF_8).strip());
        }
    }
}
