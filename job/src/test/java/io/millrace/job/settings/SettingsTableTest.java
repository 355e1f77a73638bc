package io.millrace.job.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Rewrites the README's tables instead of comparing them with -Dmillrace.readme.update=true. */
class SettingsTableTest {

    private static final Path README = Path.of("..", "README.md");
    private static final String BEGIN = "<!-- settings -->\n";
    private static final String END = "<!-- /settings -->";

    @Test
    void readme_holdsTheTablesOfSettingsAndPresets() throws IOException {
        String readme = Files.readString(README);
        int begin = readme.indexOf(BEGIN) + BEGIN.length();
        int end = readme.indexOf(END);
        assertThat(readme).contains(BEGIN, END);

        if (Boolean.getBoolean("millrace.readme.update")) {
            String updated =
                    readme.substring(0, begin) + SettingsTable.markdown() + readme.substring(end);
            Files.writeString(README, updated);
            return;
        }

        assertThat(readme.substring(begin, end))
                .as("stale: run this test once with -Dmillrace.readme.update=true")
                .isEqualTo(SettingsTable.markdown());
    }

    @Test
    void everySetting_hasADescriptionThatFitsATable() {
        assertThat(Vocabulary.settings())
                .allSatisfy(
                        setting ->
                                assertThat(setting.description())
                                        .hasSizeGreaterThan(20)
                                        .endsWith(".")
                                        .doesNotContain("|", "\n"));
    }
}
