package io.millrace.job.command;

import io.millrace.job.settings.ResolvedSettings;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Everything about settings that needs no run. */
@Command(
        name = "config",
        description = "Show settings and where they come from.",
        subcommands = ConfigCommand.Show.class)
public final class ConfigCommand implements Runnable {

    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing subcommand; try: config show");
    }

    /** Prints every setting in force. */
    @Command(
            name = "show",
            description =
                    "Print every setting in force, as YAML that --config reads back; those that"
                            + " another one leaves unread as comments.")
    static final class Show implements Runnable {

        @Mixin private SettingsFlags flags = new SettingsFlags();

        @Option(names = "--origin", description = "Also print where each value comes from.")
        private boolean origin;

        @Spec private CommandSpec spec;

        @Override
        public void run() {
            List<ResolvedSettings.Value> values = flags.resolve(null).values();
            int keys = values.stream().mapToInt(v -> v.key().length()).max().orElse(0);
            int texts = values.stream().mapToInt(v -> v.value().length()).max().orElse(0);
            PrintWriter out = spec.commandLine().getOut();
            for (ResolvedSettings.Value value : values) {
                String key = (value.read() ? "" : "# ") + value.key() + ":";
                String line = padded(key, keys + 3) + " " + value.value();
                String comment = "  # " + value.origin() + (value.read() ? "" : ", not read");
                out.println(origin ? padded(line, keys + texts + 4) + comment : line);
            }
            out.flush();
        }

        private static String padded(String text, int width) {
            return text + " ".repeat(Math.max(0, width - text.length()));
        }
    }
}
