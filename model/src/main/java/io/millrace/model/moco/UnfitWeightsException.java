package io.millrace.model.moco;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A whole file of weights that the settings' learner cannot start from, with every reason. */
public final class UnfitWeightsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnfitWeightsException(Path file, List<String> problems) {
        super(describe(file, problems));
    }

    private static String describe(Path file, List<String> problems) {
        if (problems.size() == 1) {
            return file + " does not fit the settings: " + problems.get(0);
        }
        return problems.stream()
                .collect(
                        Collectors.joining(
                                "\n  ",
                                "%s does not fit the settings in %d points:\n  "
                                        .formatted(file, problems.size()),
                                ""));
    }
}
