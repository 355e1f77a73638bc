package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.Topics;
import io.millrace.job.feed.ProceduralFeed;
import io.millrace.job.run.FeedThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A cluster, a broker and its topic of images: processes that can be killed one by one. */
final class KillScene implements AutoCloseable {

    static final int IMAGES = 512;

    private static final String TOPIC = "images";

    private final Path directory;
    private final BrokerProcess broker;
    private final StandaloneCluster cluster;

    private KillScene(Path directory, BrokerProcess broker, StandaloneCluster cluster) {
        this.directory = directory;
        this.broker = broker;
        this.cluster = cluster;
    }

    static KillScene start(Path directory) throws IOException, InterruptedException {
        var broker = BrokerProcess.start(directory.resolve("broker"));
        try {
            fill(broker.bootstrap());
            var cluster = StandaloneCluster.start(directory.resolve("cluster"));
            return new KillScene(directory, broker, cluster);
        } catch (Throwable e) {
            broker.close();
            throw e;
        }
    }

    /** A run with output and topics of its own. */
    ClusterTraining run(String name, int epochs) throws IOException, InterruptedException {
        try (var topics = new Topics(KafkaConnection.to(broker.bootstrap()))) {
            topics.ensure(name + "-metrics", 1, Map.of());
        }
        return new ClusterTraining(this, new Outputs(directory.resolve(name)), name, epochs);
    }

    BrokerProcess broker() {
        return broker;
    }

    StandaloneCluster cluster() {
        return cluster;
    }

    private static void fill(String bootstrap) throws InterruptedException {
        KafkaConnection connection = KafkaConnection.to(bootstrap);
        try (var topics = new Topics(connection)) {
            topics.ensure(TOPIC, 1, Map.of());
            var all = new FeedThread.Span(0, IMAGES);
            var images = new ProceduralFeed(7, 0);
            try (var feed = new FeedThread(images, connection, TOPIC, all, IMAGES)) {
                feed.trainedOn(0);
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> topics.endOffsets(TOPIC).equals(Map.of(0, (long) IMAGES)));
            }
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try (broker) {
            cluster.close();
            assertThat(cluster.isRunning()).isFalse();
        }
    }
}
