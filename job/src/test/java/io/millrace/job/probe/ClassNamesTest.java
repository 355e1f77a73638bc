package io.millrace.job.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClassNamesTest {

    @Test
    void of_sortsNumbersByValue_thenNames_thenWhatOnlyTestImagesHave() {
        ClassNames classes =
                ClassNames.of(List.of("cat", "10", "9", "cat", "ant"), List.of("9", "zebra", "2"));

        assertThat(classes.names()).containsExactly("9", "10", "ant", "cat", "2", "zebra");
        assertThat(classes.known()).isEqualTo(4);
        assertThat(classes.count()).isEqualTo(6);
        assertThat(classes.targets(List.of("zebra", "9", "cat"))).containsExactly(5, 0, 3);
    }
}
