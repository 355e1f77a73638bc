package io.millrace.job.command;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.job.console.Console;
import io.millrace.job.probe.ImageSet;
import io.millrace.job.probe.ImageSets;
import io.millrace.job.probe.OtherCurve;
import io.millrace.job.probe.ProbeOutput;
import io.millrace.job.probe.ProbePlan;
import io.millrace.job.probe.ProbePlan.Protocol;
import io.millrace.job.probe.ProbeProgress;
import io.millrace.job.probe.ProbeResult;
import io.millrace.job.probe.ResultJson;
import io.millrace.job.probe.ResultTable;
import io.millrace.job.probe.SnapshotCurve;
import io.millrace.job.probe.SnapshotFolder;
import io.millrace.job.probe.SnapshotProbe;
import io.millrace.model.torch.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what published encoders are worth. */
@Command(
        name = "probe",
        description = {
            "Evaluates a published encoder on labelled images: weighted nearest neighbours and"
                    + " linear classification on its frozen features.",
            "With a run's folder of snapshots, all of them, as a curve."
        },
        sortOptions = false)
public final class ProbeCommand implements Callable<Integer> {

    @Option(
            names = "--snapshot",
            paramLabel = "DIR",
            required = true,
            description = "A snapshot, or a folder of them such as RUN/snapshots/default.")
    private Path snapshot;

    @Option(
            names = "--train",
            paramLabel = "SOURCE",
            required = true,
            arity = "1..*",
            description =
                    "Images whose classes are known: folders (class/file), .tar, .tar.gz, .zip, or"
                            + " kafka:TOPIC[@START-END], offsets of each partition.")
    private List<String> train = new ArrayList<>();

    @Option(
            names = "--train-labels",
            paramLabel = "FILE",
            description = "One label for each image of --train's files: a byte or a text line.")
    private @Nullable Path trainLabels;

    @Option(
            names = "--test",
            paramLabel = "SOURCE",
            required = true,
            arity = "1..*",
            description = "Images whose classes are to be found; likewise.")
    private List<String> test = new ArrayList<>();

    @Option(names = "--test-labels", paramLabel = "FILE", description = "Likewise.")
    private @Nullable Path testLabels;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Brokers of the topics.")
    private @Nullable String bootstrap;

    @Option(names = "--json", description = "Print JSON, and nothing else, to standard output.")
    private boolean json;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where results.json and the pictures go; otherwise next to the snapshot, and"
                            + " nowhere with --json.")
    private @Nullable Path out;

    @Option(
            names = "--protocol",
            defaultValue = "standardised",
            description =
                    "Linear classification: ${COMPLETION-CANDIDATES}; moco is MoCo's own, SGD at a"
                            + " rate of 30 over 100 epochs (default: ${DEFAULT-VALUE}).")
    private Protocol protocol;

    @Option(
            names = "--k",
            defaultValue = "200",
            description = "Nearest neighbours that vote (default: ${DEFAULT-VALUE}).")
    private int k;

    @Option(
            names = "--precision",
            defaultValue = "fp32",
            description =
                    "What the encoder computes in: ${COMPLETION-CANDIDATES} (default:"
                            + " ${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(
            names = "--threads",
            defaultValue = "0",
            description = "Threads; 0 for all cores (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of MoCo's protocol (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--every",
            defaultValue = "1",
            paramLabel = "N",
            description =
                    "Of a folder, only snapshots whose step is a multiple of N, and the last"
                            + " (default: ${DEFAULT-VALUE}).")
    private long every;

    @Option(
            names = "--beside",
            paramLabel = "FILE",
            description =
                    "Of a folder, another program's curve to draw too: JSON lines with step and"
                            + " knn200 or linear, percent.")
    private @Nullable Path beside;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (k < 1 || threads < 0 || every < 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--k and --every must be 1 or more, --threads 0 or more, got %d, %d and %d"
                            .formatted(k, every, threads));
        }
        Optional<OtherCurve> other =
                beside == null ? Optional.empty() : Optional.of(OtherCurve.read(beside));
        boolean one = SnapshotFolder.isSnapshot(snapshot);
        List<Path> snapshots =
                one
                        ? List.of(SnapshotFolder.snapshot(snapshot))
                        : SnapshotFolder.snapshots(snapshot, every);
        ImageSet trainSet = ImageSets.of(train, trainLabels, bootstrap);
        ImageSet testSet = ImageSets.of(test, testLabels, bootstrap);
        int cores = Runtime.getRuntime().availableProcessors();
        var plan = new ProbePlan(k, protocol, precision, threads == 0 ? cores : threads, seed);
        var progress = new ProbeProgress(Console.detect(spec.commandLine().getErr()));
        var probe = new SnapshotProbe(trainSet, testSet, plan, progress);
        if (one) {
            evaluate(probe, snapshots.get(0));
        } else {
            Path folder =
                    out == null ? snapshot.resolveSibling(snapshot.getFileName() + ".probe") : out;
            var output = new ProbeOutput(folder);
            SnapshotCurve curve =
                    SnapshotCurve.evaluate(
                            snapshots,
                            probe,
                            ResultJson.inputs(trainSet, testSet, plan),
                            output,
                            progress);
            output.write(curve, other);
            print(curve.json(), curve.render() + "\ncurve.json and curve.png are in " + folder);
        }
        return ExitCode.OK.code();
    }

    private void evaluate(SnapshotProbe probe, Path one) throws IOException, InterruptedException {
        ProbeResult result = probe.evaluate(one);
        String files = "";
        if (out != null || !json) {
            Path folder =
                    out == null
                            ? one.resolveSibling(requireNonNull(one.getFileName()) + ".probe")
                            : out;
            new ProbeOutput(folder).write(result);
            files = "\nresults.json and confusion.png are in " + folder;
        }
        print(ResultJson.of(result), ResultTable.render(result) + files);
    }

    private void print(ObjectNode asJson, String asText) throws IOException {
        PrintWriter stdout = spec.commandLine().getOut();
        stdout.println(
                json
                        ? new ObjectMapper()
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsString(asJson)
                        : asText);
        stdout.flush();
    }
}
