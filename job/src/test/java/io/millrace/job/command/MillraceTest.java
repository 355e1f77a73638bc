package io.millrace.job.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.Millrace;
import io.millrace.job.settings.Vocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MillraceTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir private Path directory;

    @Test
    void help_listsCommandsAndExitCodes() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("config", "Exit codes:", "3   wrong settings");
    }

    @Test
    void version_namesTheBuild() {
        assertThat(execute("--version")).isZero();
        assertThat(out.toString()).startsWith("millrace ").contains("Flink 2").doesNotContain("$");
    }

    @Test
    void execute_returnsUsage_whenTheCommandIsUnknownOrMissing() {
        assertThat(execute("tain")).isEqualTo(ExitCode.USAGE.code());
        assertThat(execute()).isEqualTo(ExitCode.USAGE.code());
        assertThat(execute("config")).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("tain", "missing command", "config show");
    }

    @Test
    void configShow_printsEverySettingWithItsOrigin() {
        int code =
                execute(
                        "config",
                        "show",
                        "--origin",
                        "--preset",
                        "cifar10-small",
                        "-Dtraining.batch-size=64");

        assertThat(code).isZero();
        assertThat(out.toString().lines()).hasSameSizeAs(Vocabulary.settings());
        assertThat(out.toString())
                .containsPattern("training.batch-size: +64 +# command line\n")
                .containsPattern("contrast.queue-capacity: +4096 +# preset cifar10-small:6\n")
                .containsPattern("# views.mean: .* # default, not read\n");
    }

    @Test
    void configShow_printsWhatConfigReadsBack() throws IOException {
        execute("config", "show", "--preset", "moco-v2", "-Dtraining.seed=7");
        Path file = Files.writeString(directory.resolve("shown.yaml"), out.toString());
        String shown = out.toString();
        out.getBuffer().setLength(0);

        int code = execute("config", "show", "--config", file.toString());

        assertThat(code).isZero();
        assertThat(out.toString()).isEqualTo(shown);
    }

    @Test
    void configShow_listsAllProblemsWithoutAStackTrace_whenSettingsAreWrong() {
        int code = execute("config", "show", "-Dcontrast.temprature=1", "-Dviews.side=0");

        assertThat(code).isEqualTo(ExitCode.BAD_CONFIGURATION.code());
        assertThat(err.toString())
                .startsWith("millrace: 2 settings are wrong:")
                .contains("did you mean contrast.temperature?", "views.side = 0")
                .doesNotContain("\tat ");
    }

    @Test
    void execute_printsTheStackTrace_whenVerbose() {
        assertThat(execute("-v", "config", "show", "-Dviews.side=0")).isEqualTo(3);
        assertThat(err.toString()).contains("\tat ");
    }

    @Test
    void exitCode_looksThroughCauses() {
        var inner = new CommandFailure(ExitCode.BAD_DATA, "3 labels for 4 images");

        assertThat(new Failures().exitCode(new IllegalStateException(inner)))
                .isEqualTo(ExitCode.BAD_DATA);
        assertThat(new Failures().exitCode(new IllegalStateException("?")))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(
                        new Failures()
                                .with(IllegalStateException.class, ExitCode.UNREACHABLE)
                                .exitCode(new IllegalStateException("gone")))
                .isEqualTo(ExitCode.UNREACHABLE);
    }

    private int execute(String... args) {
        CommandLine commandLine = Millrace.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(args);
    }
}
