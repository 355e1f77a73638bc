package io.millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever reads snapshots and announcements does not notice that the publisher gets killed. */
@Tag("kill")
class PublishingKillIT {

    @Test
    void publishing_isExactlyOnce_whenTheProcessIsKilledTimeAndAgain(@TempDir Path directory)
            throws Exception {
        PublishingKills.Outcome outcome = new PublishingKills(directory, 20).run(8);

        assertThat(outcome.snapshots()).isPositive();
        assertThat(outcome.looks()).isPositive();
    }
}
