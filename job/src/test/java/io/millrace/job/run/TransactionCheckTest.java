package io.millrace.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.kafka.KafkaConnection;
import io.millrace.connectors.kafka.TransactionLimit;
import io.millrace.job.broker.EmbeddedBroker;
import io.millrace.job.settings.Settings;
import io.millrace.job.settings.SettingsException;
import io.millrace.job.settings.SettingsSources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactionCheckTest {

    private static final Duration TEN = Duration.ofMinutes(10);

    @Test
    void require_acceptsTheDefaults_whereBrokersAllowTheirDefault() {
        assertThatCode(
                        () ->
                                TransactionCheck.require(
                                        settings(Map.of()),
                                        TEN,
                                        Optional.of(Duration.ofMinutes(15))))
                .doesNotThrowAnyException();
    }

    @Test
    void require_namesBothValues_whenARealBrokerAllowsLess(@TempDir Path directory) {
        var limit = Map.of(TransactionLimit.SETTING, "600000");
        try (var broker = EmbeddedBroker.start(directory, limit)) {
            Settings settings = settings(Map.of("kafka.bootstrap", broker.bootstrap()));
            Optional<Duration> allowed =
                    TransactionLimit.of(KafkaConnection.to(broker.bootstrap()));

            assertThat(allowed).contains(TEN);
            assertThatThrownBy(() -> TransactionCheck.require(settings, Duration.ZERO, allowed))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContainingAll(
                            "kafka.transaction-timeout = 15 min",
                            broker.bootstrap() + " allow 10 min",
                            "transaction.max.timeout.ms=900000");
        }
    }

    @Test
    void require_namesWhatTakesSoLong_whenACheckpointMayOutliveTheTransaction() {
        Settings settings = settings(Map.of("checkpoint.interval", "4 min"));

        assertThatThrownBy(() -> TransactionCheck.require(settings, TEN, Optional.empty()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContainingAll(
                        "kafka.transaction-timeout = 15 min",
                        "checkpoint.interval 4 min",
                        "a checkpoint of at most 10 min",
                        "try 16 min");
    }

    @Test
    void longestCheckpoint_leavesRoomForAnIntervalAndARestart() {
        assertThat(TransactionCheck.longestCheckpoint(settings(Map.of()))).isEqualTo(TEN);
        Settings shorter =
                settings(
                        Map.of(
                                "kafka.transaction-timeout",
                                "5 min",
                                "checkpoint.interval",
                                "30 s"));
        Duration longest = TransactionCheck.longestCheckpoint(shorter);
        assertThat(longest).isEqualTo(Duration.ofSeconds(150));
        assertThatCode(() -> TransactionCheck.require(shorter, longest, Optional.empty()))
                .doesNotThrowAnyException();
    }

    private static Settings settings(Map<String, String> given) {
        return new SettingsSources(null, null, given).resolve().settings();
    }
}
