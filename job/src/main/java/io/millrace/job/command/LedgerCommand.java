package io.millrace.job.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.connectors.replay.LostOffsetsException;
import io.millrace.job.console.Table;
import io.millrace.job.ledger.Ledger;
import io.millrace.job.ledger.LedgerReader;
import io.millrace.job.ledger.LedgerRow;
import io.millrace.job.run.Session;
import io.millrace.model.snapshot.SnapshotDirectory;
import io.millrace.model.stream.Frame;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Counts what became of every record that a run has read. */
@Command(
        name = "ledger",
        description = {
            "Counts, for each partition, the records that a run had read up to its latest snapshot,"
                    + " and what became of them: trained on, set aside as dead letters, dropped by"
                    + " rule, or waiting for a whole batch.",
            "Reads the image topic and the dead letters once. Exits with 5 if a record is missing"
                    + " or counted twice."
        })
public final class LedgerCommand implements Callable<Integer> {

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Output directory of the run.")
    private Path out;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description =
                    "Kafka brokers; without it, the run's embedded one, or those that its snapshot"
                            + " names.")
    private @Nullable String bootstrap;

    @Option(names = "--json", description = "Print JSON, a row for each partition and epoch.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Path latest =
                new SnapshotDirectory(out)
                        .latest(Frame.DEFAULT_LEARNER)
                        .orElseThrow(
                                () ->
                                        new CommandFailure(
                                                ExitCode.USAGE,
                                                out
                                                        + " holds no snapshot: expected the output"
                                                        + " directory of a run that has published"
                                                        + " one"));
        LedgerReader reader = LedgerReader.of(latest);
        Ledger ledger;
        try (Session session = session(reader)) {
            ledger = reader.read(session);
        } catch (LostOffsetsException e) {
            throw new CommandFailure(
                    ExitCode.BAD_DATA,
                    out
                            + ": what was read cannot be counted any more, since retention has"
                            + " removed a part of it ("
                            + e.getMessage()
                            + "); count while the topic still holds the whole range",
                    e);
        }
        PrintWriter console = spec.commandLine().getOut();
        console.print(json ? json(ledger) : table(ledger));
        console.flush();
        if (ledger.isBalanced()) {
            return ExitCode.OK.code();
        }
        PrintWriter err = spec.commandLine().getErr();
        ledger.problems().forEach(problem -> err.println("millrace: " + problem));
        err.println(
                "millrace: the ledger of "
                        + out
                        + " does not balance. If a process of the run was killed, go on with it"
                        + " first: what it had under way is committed then. Dead letters of another"
                        + " run over the same records, in the same topic, count too");
        err.flush();
        return ExitCode.BAD_DATA.code();
    }

    private Session session(LedgerReader reader) {
        if (bootstrap != null) {
            return Session.at(bootstrap);
        }
        Path broker = out.resolve("broker");
        return Files.isDirectory(broker)
                ? Session.embedded(broker)
                : Session.at(reader.bootstrap());
    }

    private static String table(Ledger ledger) {
        var table =
                new Table()
                        .row(
                                "partition",
                                "offsets",
                                "holes",
                                "records",
                                "trained",
                                "probed only",
                                "dead letters",
                                "dropped",
                                "pending",
                                "difference");
        for (LedgerRow row : ledger.byPartition()) {
            table.row(
                    row.part().name(),
                    count(row, r -> r.read().offsets()),
                    count(row, LedgerRow::holes),
                    count(row, r -> r.read().records()),
                    count(row, r -> r.fate().trained()),
                    count(row, r -> r.fate().probedOnly()),
                    count(row, r -> r.fate().deadLetters()),
                    count(row, r -> r.fate().dropped()),
                    count(row, r -> r.fate().pending()),
                    count(row, LedgerRow::difference));
        }
        return "step %,d, all epochs together%n%n".formatted(ledger.step()) + table.render();
    }

    private static String count(LedgerRow row, ToLongFunction<LedgerRow> of) {
        return "%,d".formatted(of.applyAsLong(row));
    }

    private static String json(Ledger ledger) throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode root = mapper.createObjectNode();
        root.put("snapshot", ledger.snapshot().toString());
        root.put("step", ledger.step());
        root.put("balanced", ledger.isBalanced());
        for (LedgerRow row : ledger.rows()) {
            ObjectNode node = root.withArray("/rows").addObject();
            node.put("topic", row.part().topic());
            node.put("partition", row.part().partition());
            node.put("epoch", row.part().epoch());
            node.put("offsets", row.read().offsets());
            node.put("holes", row.holes());
            node.put("records", row.read().records());
            node.put("trained", row.fate().trained());
            node.put("probed_only", row.fate().probedOnly());
            node.put("dead_letters", row.fate().deadLetters());
            node.put("dropped", row.fate().dropped());
            node.put("pending", row.fate().pending());
            node.put("difference", row.difference());
        }
        ledger.problems().forEach(root.withArray("/problems")::add);
        return mapper.writeValueAsString(root) + "\n";
    }
}
