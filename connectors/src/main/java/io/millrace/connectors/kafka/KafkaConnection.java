package io.millrace.connectors.kafka;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * How to reach the brokers.
 *
 * @param bootstrapServers comma-separated {@code host:port}
 * @param properties of every client, for example {@code security.protocol}
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties)
        implements Serializable {

    public KafkaConnection {
        requireNonNull(bootstrapServers, "bootstrapServers");
        if (bootstrapServers.isBlank()) {
            throw new IllegalArgumentException(
                    "expected bootstrap servers as host:port, got an empty string");
        }
        properties = Collections.unmodifiableMap(new TreeMap<>(properties));
    }

    /** A connection without authentication. */
    public static KafkaConnection to(String bootstrapServers) {
        return new KafkaConnection(bootstrapServers, Map.of());
    }

    /** The client properties with further ones, which lose against the connection's own. */
    public Properties clientProperties(Map<String, ?> defaults) {
        Properties all = new Properties();
        defaults.forEach((key, value) -> all.setProperty(key, value.toString()));
        all.putAll(properties);
        all.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return all;
    }
}
