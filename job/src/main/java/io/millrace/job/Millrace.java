package io.millrace.job;

import io.millrace.job.command.AblateCommand;
import io.millrace.job.command.BenchCommand;
import io.millrace.job.command.BrokerCommand;
import io.millrace.job.command.ConfigCommand;
import io.millrace.job.command.DeadLettersCommand;
import io.millrace.job.command.DemoCommand;
import io.millrace.job.command.ExitCode;
import io.millrace.job.command.Failures;
import io.millrace.job.command.IngestCommand;
import io.millrace.job.command.LedgerCommand;
import io.millrace.job.command.ProbeCommand;
import io.millrace.job.command.RunCommand;
import io.millrace.job.command.SnapshotsCommand;
import io.millrace.job.command.TrainCommand;
import io.millrace.job.command.Verbosity;
import io.millrace.job.command.ViewsCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program: continuous contrastive pretraining on live image streams. */
@Command(
        name = "millrace",
        description = "Continuous contrastive pretraining on live image streams.",
        versionProvider = Millrace.Version.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        subcommands = {
            DemoCommand.class,
            TrainCommand.class,
            RunCommand.class,
            BrokerCommand.class,
            IngestCommand.class,
            ProbeCommand.class,
            SnapshotsCommand.class,
            AblateCommand.class,
            ViewsCommand.class,
            DeadLettersCommand.class,
            LedgerCommand.class,
            BenchCommand.class,
            ConfigCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failure",
            "2:wrong usage",
            "3:wrong settings",
            "4:a service such as Kafka is unreachable",
            "5:data failed verification"
        })
public final class Millrace implements Runnable, Verbosity {

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Print stack traces of failures.")
    private boolean verbose;

    @Spec private CommandSpec spec;

    public static void main(String[] args) {
        CommandLine commandLine = commandLine();
        int code = commandLine.execute(args);
        if (code != ExitCode.OK.code() || !isHosted(commandLine.getParseResult())) {
            System.exit(code);
        }
    }

    /** Whether the JVM is another program's, such as Flink's client, which goes on afterwards. */
    private static boolean isHosted(ParseResult parsed) {
        return parsed.hasSubcommand()
                && parsed.subcommand().commandSpec().name().equals(RunCommand.NAME);
    }

    /** The whole command line, ready to execute; returns an {@link ExitCode}'s number. */
    public static CommandLine commandLine() {
        return new CommandLine(new Millrace())
                .setExecutionExceptionHandler(new Failures())
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "missing command");
    }

    @Override
    public boolean isVerbose() {
        return verbose;
    }

    /** Names the program, the libraries it was built with, and the JVM. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            Properties built = new Properties();
            try (InputStream in = Millrace.class.getResourceAsStream("version.properties")) {
                built.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException("version.properties", e);
            }
            return new String[] {
                "millrace " + built.getProperty("millrace"),
                "Flink "
                        + built.getProperty("flink")
                        + ", Kafka "
                        + built.getProperty("kafka")
                        + ", DJL "
                        + built.getProperty("djl")
                        + ", PyTorch "
                        + built.getProperty("pytorch"),
                "Java " + System.getProperty("java.vm.name") + " " + Runtime.version()
            };
        }
    }
}
