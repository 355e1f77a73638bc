package io.millrace.job.broker;

import java.nio.file.Path;
import java.util.Properties;

/** What a single node needs said, in Kafka's words. */
final class BrokerProperties {

    private BrokerProperties() {}

    static Path data(Path directory) {
        return directory.resolve("data").toAbsolutePath();
    }

    static Properties singleNode(Path directory, Ports ports) {
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", "1");
        p.setProperty("log.dirs", data(directory).toString());
        listeners(p, ports);
        onlyReplica(p);
        modest(p);
        p.setProperty("auto.create.topics.enable", "false");
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        // The exactly-once sink asks for an hour by default.
        p.setProperty("transaction.max.timeout.ms", String.valueOf(3_600_000));
        p.setProperty("message.max.bytes", String.valueOf(EmbeddedBroker.MAX_RECORD_BYTES));
        return p;
    }

    private static void listeners(Properties p, Ports ports) {
        String broker = "BROKER://127.0.0.1:" + ports.broker();
        p.setProperty("listeners", broker + ",CONTROLLER://127.0.0.1:" + ports.controller());
        p.setProperty("advertised.listeners", broker);
        p.setProperty("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("inter.broker.listener.name", "BROKER");
        p.setProperty("controller.listener.names", "CONTROLLER");
        // Voters by configuration, not in the metadata log: the port may change at a restart.
        p.setProperty("controller.quorum.voters", "1@127.0.0.1:" + ports.controller());
    }

    private static void onlyReplica(Properties p) {
        p.setProperty("default.replication.factor", "1");
        p.setProperty("min.insync.replicas", "1");
        p.setProperty("offsets.topic.replication.factor", "1");
        p.setProperty("transaction.state.log.replication.factor", "1");
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.replication.factor", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
    }

    /** It shares memory and cores with training: few partitions, threads and buffers. */
    private static void modest(Properties p) {
        p.setProperty("offsets.topic.num.partitions", "1");
        p.setProperty("transaction.state.log.num.partitions", "1");
        p.setProperty("share.coordinator.state.topic.num.partitions", "1");
        p.setProperty("num.network.threads", "2");
        p.setProperty("num.io.threads", "2");
        p.setProperty("background.threads", "2");
        p.setProperty("log.cleaner.dedupe.buffer.size", String.valueOf(4 << 20));
    }
}
