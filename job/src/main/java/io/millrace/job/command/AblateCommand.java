package io.millrace.job.command;

import io.millrace.job.Millrace;
import io.millrace.job.ablation.AblationReport;
import io.millrace.job.ablation.Outcome;
import io.millrace.job.ablation.Variant;
import io.millrace.job.settings.Preset;
import io.millrace.job.settings.ResolvedSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains and evaluates what MoCo v2's tables compare, at the size of the preset. */
@Command(
        name = "ablate",
        description = {
            "Runs the rows of MoCo v2's tables 1 and 2 (arXiv:2003.04297) one after the other, each by"
                    + " train and probe, with the preset cifar10-small unless told otherwise, and"
                    + " writes ablation.md, ablation.png and ablation.jsonl.",
            "The same command with the same --out goes on where it stopped."
        },
        sortOptions = false)
public final class AblateCommand implements Callable<Integer> {

    @Option(
            names = "--source",
            arity = "1..*",
            required = true,
            paramLabel = "PATH",
            description = "Training images, as of train; the probe's training images too.")
    private List<Path> sources = new ArrayList<>();

    @Option(names = "--labels", paramLabel = "FILE", description = "Their labels, as of train.")
    private @Nullable Path labels;

    @Option(
            names = "--test",
            arity = "1..*",
            required = true,
            paramLabel = "PATH",
            description = "Test images, as of probe.")
    private List<Path> test = new ArrayList<>();

    @Option(names = "--test-labels", paramLabel = "FILE", description = "Their labels.")
    private @Nullable Path testLabels;

    @Option(
            names = "--epochs",
            defaultValue = "10",
            paramLabel = "E",
            description = "Passes of each run (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Where runs and results go.")
    private Path out;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Only these rows, such as v1,v2; the report holds all that is there.")
    private Set<String> only = new LinkedHashSet<>();

    @Mixin private SettingsFlags settingsFlags;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ResolvedSettings resolved = settingsFlags.resolve(Preset.CIFAR10_SMALL);
        Map<String, Variant> variants = variants();
        if (!variants.keySet().containsAll(only)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--only %s: expected names of %s"
                            .formatted(
                                    String.join(",", only), String.join(", ", variants.keySet())));
        }
        Files.createDirectories(out);
        System.setProperty("millrace.log.file", out.resolve("millrace.log").toString());
        List<Outcome> outcomes = new ArrayList<>();
        for (Variant variant : variants.values()) {
            Path directory = out.resolve(variant.name());
            if (only.isEmpty() || only.contains(variant.name())) {
                say("row " + variant.name());
                // A complete run is not run again, but one with other settings or data is refused.
                train(variant, resolved, directory);
                if (!Outcome.isComplete(directory)) {
                    say("stopped in row " + variant.name() + "; the same command goes on there");
                    return ExitCode.OK.code();
                }
                if (Outcome.read(variant, directory).isEmpty()) {
                    probe(directory);
                }
            }
            Optional<Outcome> outcome = Outcome.read(variant, directory);
            outcome.ifPresent(outcomes::add);
            new AblationReport(caption(resolved), outcomes).write(out);
        }
        say(new AblationReport(caption(resolved), outcomes).markdown());
        say("ablation.md, ablation.png and ablation.jsonl are in " + out);
        return ExitCode.OK.code();
    }

    private String caption(ResolvedSettings resolved) {
        int side = resolved.settings().views().side();
        return ("`./millrace ablate` with %s: %d epochs of %s, tested on %s. Published: ResNet-50 on ImageNet, 200"
                        + " epochs, linear classification. aug+ blurs with sigma up to %.2f pixels, in"
                        + " proportion to the views' side of %d.")
                .formatted(
                        String.join(" ", settingsFlags.words(Preset.CIFAR10_SMALL)),
                        epochs,
                        names(sources),
                        names(test),
                        2.0 * side / 224,
                        side);
    }

    private static String names(List<Path> paths) {
        return paths.stream()
                .map(path -> "" + path.getFileName())
                .collect(Collectors.joining(", "));
    }

    /** By name, those of table 1 first. */
    private static Map<String, Variant> variants() {
        List<Variant> all = new ArrayList<>(Variant.table1());
        all.addAll(Variant.table2());
        return all.stream()
                .collect(
                        Collectors.toMap(
                                Variant::name,
                                variant -> variant,
                                (first, again) -> first,
                                LinkedHashMap::new));
    }

    private void train(Variant variant, ResolvedSettings resolved, Path directory) {
        List<String> words = new ArrayList<>(List.of("train", "--source"));
        sources.forEach(source -> words.add(source.toString()));
        if (labels != null) {
            words.addAll(List.of("--labels", labels.toString()));
        }
        words.addAll(List.of("--epochs", "" + epochs, "--out", directory.toString()));
        words.addAll(settingsFlags.words(Preset.CIFAR10_SMALL));
        int side = resolved.settings().views().side();
        variant.settings(side).forEach((key, value) -> words.add("-D" + key + "=" + value));
        execute(words, spec.commandLine().getOut());
    }

    private void probe(Path directory) throws IOException {
        List<String> words = new ArrayList<>(List.of("probe", "--json", "--snapshot"));
        words.add(directory.resolve("snapshots/default/latest").toString());
        words.add("--train");
        sources.forEach(source -> words.add(source.toString()));
        if (labels != null) {
            words.addAll(List.of("--train-labels", labels.toString()));
        }
        words.add("--test");
        test.forEach(source -> words.add(source.toString()));
        if (testLabels != null) {
            words.addAll(List.of("--test-labels", testLabels.toString()));
        }
        var json = new StringWriter();
        execute(words, new PrintWriter(json, true));
        Path unfinished = directory.resolve("probe.json.part");
        Files.writeString(unfinished, json.toString());
        Files.move(
                unfinished,
                directory.resolve(Outcome.PROBE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private void execute(List<String> words, PrintWriter output) {
        CommandLine commandLine = Millrace.commandLine();
        commandLine.setOut(output);
        commandLine.setErr(spec.commandLine().getErr());
        int code = commandLine.execute(words.toArray(String[]::new));
        if (code != ExitCode.OK.code()) {
            throw new CommandFailure(
                    List.of(ExitCode.values()).stream()
                            .filter(exit -> exit.code() == code)
                            .findFirst()
                            .orElse(ExitCode.FAILURE),
                    "stopped at `%s`; the same command goes on from there"
                            .formatted(String.join(" ", words)));
        }
    }

    private void say(String line) {
        PrintWriter console = spec.commandLine().getOut();
        console.println(line);
        console.flush();
    }
}
