package io.millrace.connectors.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** How long the brokers let a transaction stay open. */
public final class TransactionLimit {

    /** Kafka's name of it. */
    public static final String SETTING = "transaction.max.timeout.ms";

    private TransactionLimit() {}

    /**
     * The least that any of the brokers allows.
     *
     * @return empty where they don't tell this client
     * @throws UnreachableBrokerException if none answers
     */
    public static Optional<Duration> of(KafkaConnection connection) {
        long millis = Topics.PATIENCE.toMillis();
        try (Admin admin = Admin.create(connection.clientProperties(Map.of()))) {
            List<ConfigResource> brokers = new ArrayList<>();
            for (Node node : admin.describeCluster().nodes().get(millis, TimeUnit.MILLISECONDS)) {
                brokers.add(new ConfigResource(ConfigResource.Type.BROKER, node.idString()));
            }
            return admin
                    .describeConfigs(brokers)
                    .all()
                    .get(millis, TimeUnit.MILLISECONDS)
                    .values()
                    .stream()
                    .map(TransactionLimit::limit)
                    .min(Duration::compareTo);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for " + SETTING, e);
        } catch (TimeoutException e) {
            throw new UnreachableBrokerException(connection.bootstrapServers(), Topics.PATIENCE, e);
        } catch (ExecutionException e) {
            return unknown(connection, e);
        }
    }

    private static Duration limit(Config broker) {
        ConfigEntry entry = requireNonNull(broker.get(SETTING), SETTING);
        return Duration.ofMillis(Long.parseLong(entry.value()));
    }

    private static Optional<Duration> unknown(KafkaConnection connection, ExecutionException e) {
        if (e.getCause() instanceof AuthorizationException
                || e.getCause() instanceof UnsupportedVersionException) {
            return Optional.empty();
        }
        if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
            throw new UnreachableBrokerException(connection.bootstrapServers(), Topics.PATIENCE, e);
        }
        throw new IllegalStateException(
                "asking " + connection.bootstrapServers() + " for " + SETTING + " failed", e);
    }
}
